/** One way to run the benchmark's pipeline: record set in, finished record batches out. */
export interface Contender {
  readonly name: string
  /** Of one partition; everything that a consumer and a producer do between two sockets. */
  readonly process: (recordSet: Buffer) => Promise<readonly Buffer[]> | readonly Buffer[]
}

export const schemaIds = { order: 7, webOrder: 8 } as const
