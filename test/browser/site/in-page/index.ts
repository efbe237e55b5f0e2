/** What the checker does within a page; bundled into one script that defines `look`. */
export { fitComplaints, paperComplaints } from "./fit.js";
export { focusComplaints } from "./focus.js";
export { lightingComplaints } from "./lighting.js";
export { textComplaints } from "./texts.js";
