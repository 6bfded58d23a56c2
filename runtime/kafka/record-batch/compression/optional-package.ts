import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Loads an optional package at its first use; undefined, remembered, when it is not installed or does not load here. */
export const optionalPackage = (name: string): (() => unknown) => {
  let loaded: { readonly value: unknown } | undefined
  return () => {
    if (loaded === undefined) {
      try {
        loaded = { value: require(name) as unknown }
      } catch {
        loaded = { value: undefined }
      }
    }
    return loaded.value
  }
}
