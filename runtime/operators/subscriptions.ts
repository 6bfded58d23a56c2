/**
 * Who refers to which right row of a foreign-key join, and in which state (Kafka Streams' SubscriptionReceive- and
 * ForeignTableJoinProcessorSupplier, KIP-213).
 */
import { Scratch } from '../generated/scratch.js'
import { PrefixedKey, type PrefixedStore } from '../state/prefixed-store.js'
import { SeekKey } from './seek-key.js'
import type { StateCodec } from './state-codec.js'

/** Column of a row: the state of the left row when it subscribed. */
const STATE = 0

export class Subscriptions {
  readonly #store: PrefixedStore
  readonly #leftKeys: StateCodec
  readonly #key = new SeekKey()
  readonly #rowKey = new PrefixedKey()
  readonly #scratch = new Scratch()
  #found: readonly number[] = []
  #next = 0
  #slot = -1

  constructor(store: PrefixedStore, leftKeys: StateCodec) {
    this.#store = store
    this.#leftKeys = leftKeys
  }

  /** Goes to the subscriptions of a right row. */
  seek(buffer: Uint8Array, start: number, end: number): void {
    this.#key.set(buffer, start, end)
  }

  add(leftKey: unknown, state: number): void {
    this.#setRowKey(leftKey)
    const { table } = this.#store
    const { bytes, length } = this.#rowKey
    table.setNumber(table.insert(bytes, 0, length, 0), STATE, state)
  }

  remove(leftKey: unknown): void {
    this.#setRowKey(leftKey)
    const { table } = this.#store
    const slot = table.find(this.#rowKey.bytes, 0, this.#rowKey.length)
    if (slot >= 0) table.delete(slot)
  }

  /** To be called before `next`. */
  first(): void {
    this.#found = this.#store.all(this.#key.bytes, 0, this.#key.length)
    this.#next = 0
  }

  /** Goes to the next subscription, by the bytes of the left key; false: there is none. */
  next(): boolean {
    const slot = this.#found[this.#next++]
    this.#slot = slot ?? -1
    return slot !== undefined
  }

  leftKey(): unknown {
    const { table } = this.#store
    const slot = this.#slot
    return this.#leftKeys.read(table.keyBuffer(slot), this.#store.innerStart(slot), table.keyEnd(slot))
  }

  state(): number {
    return this.#store.table.number(this.#slot, STATE)
  }

  #setRowKey(leftKey: unknown): void {
    const scratch = this.#scratch
    scratch.position = 0
    this.#leftKeys.write(scratch, leftKey)
    this.#rowKey.set(this.#key.bytes, this.#key.length, scratch.buffer, scratch.position)
  }
}
