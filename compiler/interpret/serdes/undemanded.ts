/**
 * Stands for a value that could not be decoded and that nobody reads: by its demand, no result depends on it. Code that
 * touches it on the way (a pattern that takes a field which is then not used) must not fail, so it takes every use.
 */
export const undemanded: unknown = new Proxy(() => undefined, {
  get: (_, property) => {
    if (property === Symbol.toPrimitive) return () => ''
    return property === Symbol.iterator ? [][Symbol.iterator] : undemanded
  },
  apply: () => undemanded,
})
