/** What a process under test says of itself, a JSON object a line, on standard error. */
export interface Usage {
  readonly usage: 'process'
  /** Bytes of the whole process. */
  readonly rss: number
  /** Open file descriptors: sockets, files, pipes. */
  readonly handles: number
  /** ms of all threads since the start. */
  readonly cpuMs: number
  /** ms since then. */
  readonly atMs: number
}

export interface HeapUsage {
  readonly usage: 'heap'
  readonly thread: number
  /** Bytes of the thread's JavaScript heap. */
  readonly heap: number
}

export const usagesOf = (text: string): readonly (Usage | HeapUsage)[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{"usage":'))
    .map((line) => JSON.parse(line) as Usage | HeapUsage)
