/** What is said when LMDB cannot write: where, how much room there is, and what helps. */
import { statfsSync } from 'node:fs'
import { constants } from 'node:os'
import { DiskStateError } from './lmdb.js'

/** A write that was cut short, as by a full disk, is EIO for LMDB. */
const { EDQUOT, EFBIG, EIO, ENOSPC } = constants.errno
const NO_ROOM = new Set<unknown>([EDQUOT, EFBIG, EIO, ENOSPC])
const MIB = 1024 * 1024

export const isOutOfRoom = (error: unknown): boolean =>
  error instanceof Error && NO_ROOM.has(Reflect.get(error, 'code'))

/** `what`: cannot be written or opened. */
export const diskError = (what: string, directory: string, cause: unknown): DiskStateError => {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const help = isOutOfRoom(cause)
    ? `${roomIn(directory)}. Make room, or raise the limit of the process for the size of files, or set state.directory ` +
      '(MILLRACE_STATE_DIRECTORY) to a larger disk; then start again: what is missing there is read from Kafka'
    : ''
  return new DiskStateError(`${what} in ${directory}: ${reason}${help}`, { cause })
}

const roomIn = (directory: string): string => {
  try {
    const { bavail, bsize } = statfsSync(directory)
    return `, with ${Math.floor((bavail * bsize) / MIB)} MiB free on that disk`
  } catch {
    return ''
  }
}
