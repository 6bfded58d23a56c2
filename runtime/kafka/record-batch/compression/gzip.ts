import { gunzipSync, gzipSync } from 'node:zlib'

import { DecompressionError, tooManyBytes } from '../errors.js'

export const compressGzip = (bytes: Buffer): Buffer => gzipSync(bytes)

export const decompressGzip = (bytes: Buffer, maxBytes: number): Buffer => {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if (error instanceof RangeError) throw tooManyBytes('gzip', maxBytes)
    throw new DecompressionError('gzip', error instanceof Error ? error.message : String(error), { cause: error })
  }
}
