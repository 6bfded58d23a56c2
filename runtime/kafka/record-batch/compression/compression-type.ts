/** The codecs of record batches, with the numbers of the batch attributes. */
const TYPES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

/** Words of the producer option `compression.type`. */
export type CompressionType = (typeof TYPES)[number]

export const COMPRESSION_TYPES: readonly CompressionType[] = TYPES

export const compressionOf = (code: number): CompressionType | undefined => TYPES[code]

export const compressionCode = (type: CompressionType): number => TYPES.indexOf(type)
