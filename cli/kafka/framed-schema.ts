/** The frame that Confluent's serializers put in front of Avro: a zero byte and the schema id, big-endian. */
const magic = 0
export const frameBytes = 5

/** Schema id of framed bytes; undefined where there is no frame. */
export function framedId(bytes: Buffer): number | undefined {
  return bytes.length >= frameBytes && bytes[0] === magic ? bytes.readInt32BE(1) : undefined
}

export function frame(id: number, avro: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(frameBytes + avro.length)
  framed[0] = magic
  framed.writeInt32BE(id, 1)
  framed.set(avro, frameBytes)
  return framed
}
