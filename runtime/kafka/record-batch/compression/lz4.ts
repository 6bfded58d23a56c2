/** LZ4 in its frame format, as Kafka uses it from message format 2 on. */
import { CodecMissingError, DecompressionError } from '../errors.js'
import { decompressLz4Frame, lz4UpperBound } from './lz4-frame.js'
import { optionalPackage } from './optional-package.js'

interface Lz4 {
  readonly compressFrameSync: (data: Buffer) => Buffer
  readonly decompressFrameSync: (data: Buffer) => Buffer
}

const native = optionalPackage('lz4-napi') as () => Lz4 | undefined

export const compressLz4 = (bytes: Buffer): Buffer => {
  const lz4 = native()
  if (lz4 === undefined) throw new CodecMissingError('lz4', 'lz4-napi')
  return lz4.compressFrameSync(bytes)
}

/** The native decoder knows no limit, so it gets only frames that cannot exceed it. */
export const decompressLz4 = (bytes: Buffer, maxBytes: number): Buffer => {
  const lz4 = native()
  if (lz4 === undefined || lz4UpperBound(bytes) > maxBytes) return decompressLz4Frame(bytes, maxBytes)
  try {
    return lz4.decompressFrameSync(bytes)
  } catch (error) {
    throw new DecompressionError('lz4', error instanceof Error ? error.message : String(error), { cause: error })
  }
}
