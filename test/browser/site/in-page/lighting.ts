/** Each equation lights its lines, and each line its equation. It runs in the page. */
import { Complaints } from "./complaints.js";

const isLit = (element: Element): boolean => element.classList.contains("lit");

/** What does not light: all equations of the page and all lines that cite them. */
export function lightingComplaints(): string[] {
  const complaints = new Complaints();
  for (const equation of document.querySelectorAll<HTMLElement>(".equation[data-tag]")) {
    const tag = equation.dataset["tag"]!;
    const lines = [
      ...document.querySelectorAll<HTMLElement>(`.line[data-tags~="${CSS.escape(tag)}"]`),
    ];
    equation.focus();
    if (document.activeElement !== equation) complaints.add("takes no focus", tag);
    if (!isLit(equation)) complaints.add("the equation with the focus is not lit", tag);
    if (!lines.every(isLit)) complaints.add("an equation does not light its lines", tag);
    equation.blur();
    if (lines.some(isLit)) complaints.add("without the focus, its lines stay lit", tag);
    for (const line of lines) {
      line.dispatchEvent(new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }));
      if (!isLit(equation)) complaints.add("a line does not light its equation", tag);
    }
    document.body.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    if (isLit(equation)) complaints.add("pointed at nothing, it stays lit", tag);
  }
  scrollTo(0, 0);
  return complaints.lines();
}
