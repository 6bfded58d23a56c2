/** As much of DER (ITU-T X.690) as certificates need. */

const definite = (tag: number, content: Buffer): Buffer => {
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  if (length > 0xffff) throw new RangeError(`${length} bytes are more than a certificate needs`)
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

export const sequence = (...parts: readonly Buffer[]): Buffer => definite(0x30, Buffer.concat(parts))
export const set = (...parts: readonly Buffer[]): Buffer => definite(0x31, Buffer.concat(parts))
export const explicit = (tag: number, content: Buffer): Buffer => definite(0xa0 | tag, content)
export const implicit = (tag: number, content: Buffer): Buffer => definite(0x80 | tag, content)
export const octets = (content: Buffer): Buffer => definite(0x04, content)
export const bits = (content: Buffer): Buffer => definite(0x03, Buffer.concat([Buffer.from([0]), content]))
export const text = (value: string): Buffer => definite(0x0c, Buffer.from(value))
export const yes = definite(0x01, Buffer.from([0xff]))

/** Not negative. */
export const integer = (value: Buffer): Buffer =>
  definite(0x02, (value[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value)

/** Until 2049. */
export const time = (date: Date): Buffer => {
  const digits = date.toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return definite(0x17, Buffer.from(`${digits}Z`))
}

export const objectId = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [40 * first + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return definite(0x06, Buffer.from(bytes))
}
