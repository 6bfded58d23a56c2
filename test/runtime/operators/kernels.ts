/** What tests of kernels share: values are text, and rows are committed between records. */
import { MemoryTable } from '../../../runtime/state/memory-table.js'
import type { StateCodec } from '../../../runtime/operators/state-codec.js'
import type { Table } from '../../../runtime/state/table.js'

export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

export const text: StateCodec = {
  write(out, value) {
    const encoded = bytes(String(value))
    const start = out.reserve(encoded.length)
    encoded.copy(out.buffer, start)
    out.position = start + encoded.length
  },
  read: (buffer, start, end) => buffer.toString('latin1', start, end),
}

/** Rows of stream time. */
export const timeTable = (): MemoryTable => new MemoryTable(2)

/** After each record. */
export const commit = (table: Table, after: (step: string) => void): void => {
  table.commit()
  after('commit')
  table.mark()
  after('mark')
}
