/**
 * A line that says that something is not there: the word for that on either side of its name.
 *
 * @param what a regular expression, `variance|dWeight`
 */
export function missing(what: string): RegExp {
  const gone = "missing|without|left out|leaves? out|forg[eo]t|lacks?|omitted|dropped|not |no ";
  return new RegExp(`(?:${gone}).*(?:${what})|(?:${what}).*(?:${gone})`, "i");
}
