/**
 * Kafka prints its 16-byte ids (topic ids, cluster ids, member ids) as 22 characters of URL-safe base64;
 * in messages of this package a `uuid` field is that string.
 */

/** "No id": what a uuid field holds by default. */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'

export const uuidFromBytes = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')

/** The 16 bytes of an id. Throws a `RangeError` for text that is not such an id. */
export const uuidToBytes = (uuid: string): Buffer => {
  const bytes = Buffer.from(uuid, 'base64url')
  if (bytes.length !== 16) throw new RangeError(`"${uuid}" is not a Kafka uuid: 22 characters of URL-safe base64`)
  return bytes
}
