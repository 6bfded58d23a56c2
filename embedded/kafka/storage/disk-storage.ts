/**
 * Keeps a broker's state in a directory: one file of raw batches a partition, and a journal for all else, in which the
 * last line about a thing counts. Everything is read into memory at the start. Only one broker may use a directory.
 */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Topic } from '../topic.js'
import type { Transaction } from '../transaction/transaction.js'
import { Journal } from './journal.js'
import type { Storage, StoredOffset, StoredState, StoredTopic, StoredTransaction } from './storage.js'
import { storedTopic, storedTransaction } from './storage.js'

type Entry =
  | { readonly kind: 'cluster'; readonly clusterId: string; readonly nextProducerId: bigint }
  | { readonly kind: 'topic'; readonly topic: StoredTopic }
  | { readonly kind: 'topic-removed'; readonly name: string }
  | { readonly kind: 'transaction'; readonly transaction: StoredTransaction }
  | { readonly kind: 'offset'; readonly offset: StoredOffset }
  | { readonly kind: 'offset-removed'; readonly group: string; readonly topic: string; readonly partition: number }
  | {
      readonly kind: 'offsets-decided'
      readonly group: string
      readonly producerId: bigint
      readonly committed: boolean
    }

const offsetKey = (group: string, topic: string, partition: number): string => JSON.stringify([group, topic, partition])

/** The state as the journal tells it. */
class Replay {
  clusterId: string | null = null
  nextProducerId = 0n
  readonly topics = new Map<string, StoredTopic>()
  readonly transactions = new Map<string, StoredTransaction>()
  readonly committed = new Map<string, StoredOffset>()
  readonly pending = new Map<string, StoredOffset>()

  apply(entry: Entry): void {
    switch (entry.kind) {
      case 'cluster':
        this.clusterId = entry.clusterId
        this.nextProducerId = entry.nextProducerId
        break
      case 'topic':
        this.topics.set(entry.topic.name, entry.topic)
        break
      case 'topic-removed':
        this.topics.delete(entry.name)
        break
      case 'transaction':
        this.transactions.set(entry.transaction.id, entry.transaction)
        break
      case 'offset':
        this.#offset(entry.offset)
        break
      case 'offset-removed':
        this.committed.delete(offsetKey(entry.group, entry.topic, entry.partition))
        break
      case 'offsets-decided':
        this.#decide(entry.group, entry.producerId, entry.committed)
        break
    }
  }

  #offset(offset: StoredOffset): void {
    const key = offsetKey(offset.group, offset.topic, offset.partition)
    if (offset.producerId === null) this.committed.set(key, offset)
    else this.pending.set(`${offset.producerId} ${key}`, offset)
  }

  #decide(group: string, producerId: bigint, committed: boolean): void {
    for (const [key, offset] of this.pending) {
      if (offset.group !== group || offset.producerId !== producerId) continue
      this.pending.delete(key)
      if (committed) this.#offset({ ...offset, producerId: null })
    }
  }
}

export class DiskStorage implements Storage {
  readonly #directory: string
  readonly #journal: Journal<Entry>
  /** Open files of partitions, by topic id and partition. */
  readonly #files = new Map<string, number>()

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true })
    this.#journal = new Journal(join(directory, 'journal.jsonl'))
  }

  load(): StoredState {
    const replay = new Replay()
    for (const entry of this.#journal.read()) replay.apply(entry)
    const { clusterId, nextProducerId } = replay
    const topics = [...replay.topics.values()]
    const transactions = [...replay.transactions.values()]
    const offsets = [...replay.committed.values(), ...replay.pending.values()]
    this.#journal.rewrite([
      ...(clusterId === null ? [] : [{ kind: 'cluster' as const, clusterId, nextProducerId }]),
      ...topics.map((topic) => ({ kind: 'topic' as const, topic })),
      ...transactions.map((transaction) => ({ kind: 'transaction' as const, transaction })),
      ...offsets.map((offset) => ({ kind: 'offset' as const, offset })),
    ])
    return { clusterId, nextProducerId, topics, transactions, offsets }
  }

  readLog(topicId: string, partition: number, restore: (bytes: Buffer) => number): void {
    const path = this.#logPath(topicId, partition)
    if (!existsSync(path)) return
    const bytes = readFileSync(path)
    const valid = restore(bytes)
    if (valid < bytes.length) ftruncateSync(this.#file(topicId, partition), valid)
  }

  append(topicId: string, partition: number, batch: Buffer): void {
    writeSync(this.#file(topicId, partition), batch)
  }

  rewriteLog(topicId: string, partition: number, batches: readonly Buffer[]): void {
    this.#closeFile(topicId, partition)
    const path = this.#logPath(topicId, partition)
    mkdirSync(join(this.#directory, topicId), { recursive: true })
    writeFileSync(`${path}.new`, Buffer.concat(batches))
    renameSync(`${path}.new`, path)
  }

  saveCluster(clusterId: string, nextProducerId: bigint): void {
    this.#journal.append({ kind: 'cluster', clusterId, nextProducerId })
  }

  saveTopic(topic: Topic): void {
    this.#journal.append({ kind: 'topic', topic: storedTopic(topic) })
  }

  removeTopic(topic: Topic): void {
    this.#journal.append({ kind: 'topic-removed', name: topic.name })
    for (const { index } of topic.partitions) this.#closeFile(topic.id, index)
    rmSync(join(this.#directory, topic.id), { recursive: true, force: true })
  }

  saveTransaction(transaction: Transaction): void {
    this.#journal.append({ kind: 'transaction', transaction: storedTransaction(transaction) })
  }

  saveOffset(offset: StoredOffset): void {
    this.#journal.append({ kind: 'offset', offset })
  }

  removeOffset(group: string, topic: string, partition: number): void {
    this.#journal.append({ kind: 'offset-removed', group, topic, partition })
  }

  endTransaction(group: string, producerId: bigint, committed: boolean): void {
    this.#journal.append({ kind: 'offsets-decided', group, producerId, committed })
  }

  close(): void {
    this.#journal.close()
    for (const file of this.#files.values()) closeSync(file)
    this.#files.clear()
  }

  #logPath(topicId: string, partition: number): string {
    return join(this.#directory, topicId, `${partition}.log`)
  }

  #file(topicId: string, partition: number): number {
    const key = `${topicId} ${partition}`
    const open = this.#files.get(key)
    if (open !== undefined) return open
    mkdirSync(join(this.#directory, topicId), { recursive: true })
    const file = openSync(this.#logPath(topicId, partition), 'a')
    this.#files.set(key, file)
    return file
  }

  #closeFile(topicId: string, partition: number): void {
    const key = `${topicId} ${partition}`
    const file = this.#files.get(key)
    if (file !== undefined) closeSync(file)
    this.#files.delete(key)
  }
}
