/** Compresses and decompresses the records of a batch, synchronously: batches are small and workers are many. */
import type { CompressionType } from './compression-type.js'
import { compressGzip, decompressGzip } from './gzip.js'
import { compressLz4, decompressLz4 } from './lz4.js'
import { compressSnappy, decompressSnappy } from './snappy.js'
import { compressZstd, decompressZstd } from './zstd.js'

/** Throws {@link CodecMissingError} where the codec needs an optional package. */
export const compress = (type: CompressionType, bytes: Buffer): Buffer => {
  switch (type) {
    case 'none':
      return bytes
    case 'gzip':
      return compressGzip(bytes)
    case 'snappy':
      return compressSnappy(bytes)
    case 'lz4':
      return compressLz4(bytes)
    case 'zstd':
      return compressZstd(bytes)
  }
}

/** Throws {@link DecompressionError} for broken bytes and for more than `maxBytes` of output. */
export const decompress = (type: CompressionType, bytes: Buffer, maxBytes: number): Buffer => {
  switch (type) {
    case 'none':
      return bytes
    case 'gzip':
      return decompressGzip(bytes, maxBytes)
    case 'snappy':
      return decompressSnappy(bytes, maxBytes)
    case 'lz4':
      return decompressLz4(bytes, maxBytes)
    case 'zstd':
      return decompressZstd(bytes, maxBytes)
  }
}
