/** The bit fields in which brokers say what we may do (KIP-430): AclOperation codes. */
export const topicOperations = { Read: 3, Write: 4, Create: 5, Delete: 6, Describe: 8 } as const

/** Brokers without an authorizer, and older ones, say nothing. */
const unsaid = -2_147_483_648

/** Those of `wanted` that the field does not have. */
export function missingOperations<Name extends string>(
  field: number | undefined,
  wanted: readonly Name[],
  codes: Readonly<Record<Name, number>>,
): readonly Name[] {
  if (field === undefined || field === unsaid) return []
  return wanted.filter((name) => (field & (1 << codes[name])) === 0)
}
