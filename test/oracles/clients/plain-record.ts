/** A record as every client of the tests tells it: bytes as hexadecimal text, so that all of them compare. */
export interface PlainRecord {
  readonly key: string | null
  readonly value: string | null
  readonly timestamp: number
  readonly headers: readonly (readonly [name: string, value: string | null])[]
}

export function hex(bytes: Uint8Array | string | null | undefined): string | null {
  if (bytes === null || bytes === undefined) return null
  return (typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes)).toString('hex')
}

export function unhex(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'hex')
}
