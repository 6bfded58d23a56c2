/**
 * The value of a captured variable, copied out of the staging worker. Identity is kept: two captures that were the same
 * object are the same `CapturedValue` object.
 */
export type CapturedValue =
  | { readonly kind: 'primitive'; readonly value: string | number | boolean | bigint | null | undefined }
  | { readonly kind: 'date'; readonly time: number }
  | { readonly kind: 'regexp'; readonly source: string; readonly flags: string }
  | { readonly kind: 'array'; readonly items: readonly CapturedValue[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, CapturedValue])[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [CapturedValue, CapturedValue])[] }
  | { readonly kind: 'set'; readonly items: readonly CapturedValue[] }
  | { readonly kind: 'bytes'; readonly base64: string }
  /** Another function of the author's modules, with its own captures. */
  | { readonly kind: 'lambda'; readonly site: number; readonly captures: ReadonlyMap<string, CapturedValue> }
  /** An export of a module: linked by import, not copied. */
  | { readonly kind: 'import'; readonly module: string; readonly name: string }
