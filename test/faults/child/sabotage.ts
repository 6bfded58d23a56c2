/** What happens to a process from within, given in the environment variable SABOTAGE as JSON. */
export interface Sabotage {
  /** Requests of this API, by its number in the protocol. */
  readonly api: number
  /** Before the request leaves, or when its answer has come, which nobody has seen yet. */
  readonly when: 'before' | 'after'
  /** Nothing counts before this file exists; undefined: from the start on. */
  readonly armedBy: string | undefined
  /** The how manieth such request of a thread since then, counted from 1. */
  readonly nth: number
  readonly act:
    /** kill -9. */
    | 'kill'
    /** SIGSTOP. */
    | 'stop'
    /** The connection breaks: the answer is lost, or the request. */
    | 'lose'
    /** The connection says nothing any more, and takes everything: a half-open one. */
    | 'freeze'
    /** The answer comes twice. */
    | 'repeat'
}

/** In SABOTAGE_DISK: writes of this file system folder fail with ENOSPC, all of them after the first so many. */
export interface DiskSabotage {
  readonly directory: string
  readonly after: number
}

/** What it says on standard error when it has happened. */
export const SABOTAGED = 'sabotaged:'
