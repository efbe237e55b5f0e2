export { runJob, work } from "./jobs";
