/** A folder on a full disk: what writes there gets ENOSPC. */
import fs from 'node:fs'
import { writeSync } from 'node:fs'
import { SABOTAGED, type DiskSabotage } from './sabotage.js'

export function sabotageDisk({ directory, after }: DiskSabotage): void {
  const descriptors = new Set<number>()
  let writes = 0
  const open = fs.openSync
  const close = fs.closeSync
  const write = fs.writeSync as (...args: unknown[]) => number
  fs.openSync = (path, ...rest) => {
    const descriptor = open(path, ...rest)
    if (String(path).startsWith(directory)) descriptors.add(descriptor)
    return descriptor
  }
  fs.closeSync = (descriptor) => {
    descriptors.delete(descriptor)
    close(descriptor)
  }
  fs.writeSync = (...args: unknown[]): number => {
    if (!descriptors.has(args[0] as number) || ++writes <= after) return write(...args)
    if (writes === after + 1) writeSync(2, `${SABOTAGED} the disk is full\n`)
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })
  }
}
