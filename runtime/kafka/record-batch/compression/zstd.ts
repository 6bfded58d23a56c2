/** Zstandard: node:zlib has it from 22.15 on; older versions of Node need an optional package. */
import * as zlib from 'node:zlib'

import { CodecMissingError, DecompressionError, tooManyBytes } from '../errors.js'
import { optionalPackage } from './optional-package.js'
import { zstdUpperBound } from './zstd-bound.js'

/** The part of node:zlib that Node 20 lacks. */
interface ZlibWithZstd extends Pick<typeof zlib, 'constants'> {
  readonly zstdCompressSync?: (bytes: Buffer) => Buffer
  readonly zstdDecompressSync?: (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer
}

interface Zstd {
  readonly Encoder: new (level: number) => { readonly encodeSync: (data: Buffer) => Buffer }
  readonly Decoder: new () => { readonly decodeSync: (data: Buffer) => Buffer }
}

const PACKAGE = '@toondepauw/node-zstd'
/** Default of Kafka's `compression.zstd.level`. */
const LEVEL = 3

const builtIn: ZlibWithZstd = zlib
const native = optionalPackage(PACKAGE) as () => Zstd | undefined

const requirePackage = (): Zstd => {
  const zstd = native()
  if (zstd === undefined) throw new CodecMissingError('zstd', PACKAGE, ', or use Node 22.15 or later')
  return zstd
}

export const compressZstd = (bytes: Buffer): Buffer =>
  builtIn.zstdCompressSync === undefined
    ? new (requirePackage().Encoder)(LEVEL).encodeSync(bytes)
    : builtIn.zstdCompressSync(bytes)

const decompressWithPackage = (bytes: Buffer, maxBytes: number): Buffer => {
  const zstd = requirePackage()
  if (zstdUpperBound(bytes) > maxBytes) throw tooManyBytes('zstd', maxBytes)
  return new zstd.Decoder().decodeSync(bytes)
}

export const decompressZstd = (bytes: Buffer, maxBytes: number): Buffer => {
  try {
    return builtIn.zstdDecompressSync === undefined
      ? decompressWithPackage(bytes, maxBytes)
      : builtIn.zstdDecompressSync(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if (error instanceof CodecMissingError || error instanceof DecompressionError) throw error
    if (error instanceof RangeError) throw tooManyBytes('zstd', maxBytes)
    throw new DecompressionError('zstd', error instanceof Error ? error.message : String(error), { cause: error })
  }
}
