/** Walks records and orders by hand: one byte lengths where the data has them, nothing checked. */
export class Reader {
  buffer: Buffer = Buffer.alloc(0)
  timestamp = 0
  keyStart = 0
  keyEnd = 0
  /** Behind the frame. */
  datumStart = 0
  valueEnd = 0
  #position = 0
  #end = 0
  #baseTimestamp = 0

  open(buffer: Buffer, start: number, end: number, baseTimestamp: number): void {
    this.buffer = buffer
    this.#position = start
    this.#end = end
    this.#baseTimestamp = baseTimestamp
  }

  next(): boolean {
    if (this.#position >= this.#end) return false
    const b = this.buffer
    let p = this.#position
    let c = b[p++]!
    let n = c & 127
    for (let shift = 7; c > 127; shift += 7) {
      c = b[p++]!
      n |= (c & 127) << shift
    }
    this.#position = p + (n >>> 1)
    p++
    c = b[p++]!
    n = c & 127
    for (let shift = 7; c > 127; shift += 7) {
      c = b[p++]!
      n |= (c & 127) << shift
    }
    this.timestamp = this.#baseTimestamp + ((n >>> 1) ^ -(n & 1))
    while (b[p++]! > 127);
    n = b[p++]! >> 1
    this.keyStart = p
    this.keyEnd = p += n
    c = b[p++]!
    n = c & 127
    for (let shift = 7; c > 127; shift += 7) {
      c = b[p++]!
      n |= (c & 127) << shift
    }
    this.datumStart = p + 5
    this.valueEnd = p + (n >>> 1)
    return true
  }

  /** Position of the order's `shipTo`. */
  shipTo(): number {
    const b = this.buffer
    let p = this.datumStart
    p += (b[p]! >> 1) + 1
    p += (b[p]! >> 1) + 1
    p++
    p += (b[p]! >> 1) + 1
    p += (b[p]! >> 1) + 1
    while (b[p++]! > 127);
    while (b[p++]! > 127);
    p += 8
    if (b[p++] !== 0) p += (b[p]! >> 1) + 1
    for (let k = b[p++]! >> 1; k !== 0; k = b[p++]! >> 1) {
      for (; k > 0; k--) {
        p += (b[p]! >> 1) + 1
        while (b[p++]! > 127);
        p += 8
        p += (b[p]! >> 1) + 1
      }
    }
    for (let k = b[p++]! >> 1; k !== 0; k = b[p++]! >> 1) {
      for (; k > 0; k--) {
        p += (b[p]! >> 1) + 1
        p += (b[p]! >> 1) + 1
      }
    }
    return p
  }

  /** Position of the order's `total`. */
  total(): number {
    const b = this.buffer
    let p = this.shipTo()
    p += (b[p]! >> 1) + 1
    p += (b[p]! >> 1) + 1
    p += (b[p]! >> 1) + 1
    p += (b[p]! >> 1) + 1
    return p + 17
  }
}
