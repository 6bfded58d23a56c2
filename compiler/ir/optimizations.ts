/** Names of everything that may be switched off, to see what it changes and to find out whose fault something is. */
export const optimizations = [
  /** optimize: what stands behind predicates that the builder decided. */
  'dead-branches',
  /** optimize: merges of a single stream. */
  'single-merges',
  /** optimize: maps that give back what they get. */
  'identity-maps',
  /** optimize: operators whose results reach no sink and no effect. */
  'dead-operators',
  /** simplify: values that are known under another name. */
  'propagate',
  /** simplify: objects that never leave the function become locals. */
  'scalar-replacement',
  /** simplify: Dates that are only written or asked for their time become numbers. */
  'dates',
  /** simplify: operations on constants. */
  'fold-constants',
  /** simplify: values that nobody reads. */
  'dead-code',
] as const

export type Optimization = (typeof optimizations)[number]

export type Disabled = ReadonlySet<Optimization>
