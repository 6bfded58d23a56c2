/** Names of everything that may be switched off, to see what it changes and to find out whose fault something is. */
export const optimizations = [
  /** optimize: operators whose results reach no sink and no effect. */
  'dead-operators',
  /** simplify: values that are known under another name. */
  'propagate',
  /** simplify: objects that never leave the function become locals. */
  'scalar-replacement',
  /** simplify: operations on constants. */
  'fold-constants',
  /** simplify: values that nobody reads. */
  'dead-code',
] as const

export type Optimization = (typeof optimizations)[number]

export type Disabled = ReadonlySet<Optimization>
