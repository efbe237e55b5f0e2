/** What a link to the microscope carries. */
import { type Fields, numbers, whole } from "../frame/fields.js";

export interface Im2colState extends Readonly<Record<string, number | readonly number[]>> {
  readonly stride: number;
  readonly padding: number;
  readonly image: readonly number[];
}

export const version = 1;

export const fields: Fields<Im2colState> = {
  stride: whole(1, 1, 4),
  padding: whole(0, 0, 3),
  image: numbers(
    Array.from({ length: 25 }, (_, i) => (i * 7) % 10),
    -100,
    100,
  ),
};
