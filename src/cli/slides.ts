import { Command } from "commander";
export function slidesCommand(): Command {
  return new Command("slides");
}
