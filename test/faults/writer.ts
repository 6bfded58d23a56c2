/**
 * Writes the input with kafkajs, without retries: what fails may be in the topic or not, and is not written again, so
 * that no value stands in it twice. The topic is read at the end to see what it holds.
 */
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs'
import { setTimeout as sleep } from 'node:timers/promises'

const KEYS = 200

export class Writer implements AsyncDisposable {
  /** How many values were acknowledged. */
  acked = 0
  readonly #kafka: Kafka
  readonly #topic: string
  #producer: Producer | undefined
  #tried = 0

  constructor(brokers: string, topic: string) {
    this.#kafka = new Kafka({
      clientId: 'writer',
      brokers: brokers.split(','),
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
      requestTimeout: 3000,
      connectionTimeout: 1000,
    })
    this.#topic = topic
  }

  /** Resolves with the values that were acknowledged; tries others until some are. */
  async write(count: number): Promise<readonly string[]> {
    for (;;) {
      const values = Array.from({ length: count }, () => `v${this.#tried++}`)
      try {
        const producer = this.#producer ?? (await this.#connect())
        const messages = values.map((value, i) => ({ key: `k${(this.#tried + i * 7) % KEYS}`, value }))
        await producer.send({ topic: this.#topic, acks: -1, messages })
        this.acked += count
        return values
      } catch {
        await this.#drop()
        await sleep(50)
      }
    }
  }

  async #connect(): Promise<Producer> {
    // Its own retries: those of the client do not hold for producers.
    const producer = this.#kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries: 0 },
    })
    await producer.connect()
    this.#producer = producer
    return producer
  }

  async #drop(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    await producer?.disconnect().catch(() => undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#drop()
  }
}
