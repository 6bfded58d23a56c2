import { randomBytes } from 'node:crypto'
import type { RecordInput } from '../../../runtime/kafka/record-batch/index.js'
import { unhex, type PlainRecord } from '../clients/plain-record.js'

/**
 * Records with all that a batch can hold: null and empty keys and values, headers with and without values, text of
 * several scripts, and values larger than the blocks of every codec (32 KiB to 128 KiB), easy and hard to compress.
 */
export function sampleRecords(now: number): readonly PlainRecord[] {
  const text = (value: string): string => Buffer.from(value).toString('hex')
  const special: readonly Omit<PlainRecord, 'timestamp'>[] = [
    { key: text('k'), value: null, headers: [] },
    { key: null, value: text('no key'), headers: [] },
    { key: text('empty'), value: '', headers: [['flag', '']] },
    { key: text('Zürich \u{1f682}'), value: text('東京\ttab\\backslash\nline'), headers: [['trace', text('a b c')]] },
    {
      key: text('two'),
      value: text('x'),
      headers: [
        ['h', text('1')],
        ['h', text('2')],
      ],
    },
    { key: text('easy'), value: text('a'.repeat(300_000)), headers: [] },
    { key: text('hard'), value: randomBytes(150_000).toString('hex'), headers: [] },
  ]
  const many = Array.from({ length: 500 }, (_, i) => ({
    key: text(`customer-${i % 17}`),
    value: text(`order ${i} of customer ${i % 17}, channel ${['web', 'app', 'store'][i % 3]}`),
    headers: [],
  }))
  return [...special, ...many].map((record, i) => ({ ...record, timestamp: now - 1000 + (i % 7) * 13 + i }))
}

/** The same records as our writer takes them. */
export function toInput(records: readonly PlainRecord[]): readonly RecordInput[] {
  return records.map(({ key, value, timestamp, headers }) => ({
    key: unhex(key),
    value: unhex(value),
    timestamp,
    headers: headers.map(([name, content]) => ({ key: name, value: unhex(content) })),
  }))
}
