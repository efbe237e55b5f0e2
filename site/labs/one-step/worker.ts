import { serve } from "../frame/serve.js";
import { compute } from "./compute.js";

serve(compute);
