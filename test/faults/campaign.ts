/**
 * A run of the fault suite: three processes that come to grief again and again while records are written, brokers that
 * come to grief as well, then peace; and the log of it all, which `check` judges.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sabotage } from './child/sabotage.js'
import { openFaultCluster, type BrokerKind, type FaultCluster } from './fault-cluster.js'
import type { Entry, Guarantee, History } from './history.js'
import { Observer } from './observer.js'
import { drawPlan } from './plans.js'
import { ProcessSlot, type Lived } from './process-slot.js'
import { Random } from './random.js'
import { GROUP, openWorkload, PARTITIONS, TOPICS, type Contender, type Workload } from './workload.js'
import { Writer } from './writer.js'

export interface CampaignOptions {
  readonly broker: BrokerKind
  readonly guarantee: Guarantee
  /** Default: millrace. */
  readonly contender?: Contender
  readonly records: number
  /** Lives of processes that end before their time. */
  readonly cycles: number
  readonly seed: number
  /** Nothing else is done to processes. */
  readonly only?: Sabotage['act']
  readonly say?: (line: string) => void
}

export interface CampaignResult {
  readonly history: History
  readonly seconds: number
  /** Ends of processes that no plan explains, with what they said. */
  readonly surprises: readonly string[]
}

const PROCESSES = 3
const SETTLE_MS = 60_000
/** Between two samples of committed offsets. */
const SAMPLE_MS = 500
/**
 * A real node that was frozen answers for a moment as the leader it was then, with what was committed then: samples that may
 * have asked it say nothing.
 */
const STALE_MS = 3000
/** Records for all partitions, and how often. */
const TRICKLE = 18
const TRICKLE_MS = 50

export const runCampaign = async (options: CampaignOptions): Promise<CampaignResult> => {
  await using workload = await openWorkload()
  const cluster = await openFaultCluster(options.broker)
  try {
    for (const topic of Object.values(TOPICS)) await cluster.createTopic(topic, { partitions: PARTITIONS })
    return await new Campaign(options, workload, cluster).run()
  } finally {
    await cluster.close()
  }
}

class Campaign {
  readonly #options: CampaignOptions
  readonly #workload: Workload
  readonly #cluster: FaultCluster
  readonly #history: Entry[] = []
  readonly #began = performance.now()
  readonly #trouble = new AbortController()
  #cycles = 0
  #healedAt = -Infinity

  constructor(options: CampaignOptions, workload: Workload, cluster: FaultCluster) {
    this.#options = options
    this.#workload = workload
    this.#cluster = cluster
  }

  async run(): Promise<CampaignResult> {
    await using observer = new Observer(this.#cluster.brokers)
    const slots = this.#slots()
    const lives = Promise.all(slots.map((slot, index) => this.#lives(slot, index)))
    await Promise.all(
      [lives.finally(() => this.#trouble.abort()), this.#write(), this.#harm(), this.#sample(observer)].map((work) =>
        work.catch((error: unknown) => {
          this.#trouble.abort()
          throw error
        }),
      ),
    )
    await this.#cluster.heal()
    if (this.#cluster.kind === 'real') await sleep(STALE_MS)
    const last = slots.map((slot) => slot.startAndKeep())
    await this.#settle(observer)
    await Promise.all(last.map((life) => life.end(SETTLE_MS)))
    await this.#conclude(observer)
    return {
      history: this.#history,
      seconds: Math.round(this.#now / 1000),
      surprises: slots.flatMap(({ surprises }) => surprises),
    }
  }

  get #now(): number {
    return performance.now() - this.#began
  }

  #log(target: string, { what, ...step }: Lived): void {
    this.#history.push({ op: 'fault', at: this.#now, target, fault: what, ...step })
    this.#options.say?.(
      `${(this.#now / 1000).toFixed(1)} s  ${target}: ${what}${step.endMs === undefined ? '' : ` within ${step.endMs} ms`}`,
    )
  }

  /** The first is a static member of the group. */
  #slots(): readonly ProcessSlot[] {
    const { guarantee, contender = 'millrace' } = this.#options
    return Array.from({ length: PROCESSES }, (_, index) => {
      const name = `p${index}`
      const groupInstanceId = index === 0 ? name : undefined
      return new ProcessSlot({
        name,
        workload: this.#workload,
        brokers: this.#cluster.brokers,
        guarantee,
        contender,
        groupInstanceId,
      })
    })
  }

  async #lives(slot: ProcessSlot, index: number): Promise<void> {
    const random = new Random(this.#options.seed * 1000 + index)
    const { guarantee, only, cycles } = this.#options
    while (this.#cycles < cycles && !this.#trouble.signal.aborted) {
      this.#cycles++
      this.#log(slot.name, await slot.live(drawPlan(random, guarantee, only)))
    }
  }

  /** Most of it as the run goes on, and a little all the time, so that the steps of a commit come. */
  async #write(): Promise<void> {
    await using writer = new Writer(this.#cluster.brokers, TOPICS.input)
    const { records, cycles } = this.#options
    while (writer.acked < records || !this.#trouble.signal.aborted) {
      const due = Math.min(records, (records * (this.#cycles + 1)) / cycles)
      const isDue = writer.acked < due || (this.#trouble.signal.aborted && writer.acked < records)
      if (!isDue) await this.#pause(TRICKLE_MS)
      const count = isDue ? Math.min(500, Math.ceil(records / cycles), records - writer.acked) : TRICKLE
      const values = await writer.write(count)
      this.#history.push({ op: 'acked', at: this.#now, values })
    }
  }

  async #harm(): Promise<void> {
    const random = new Random(this.#options.seed)
    const { kind } = this.#cluster
    while (!this.#trouble.signal.aborted) {
      this.#log('brokers', { what: await this.#cluster.harm(random) })
      await this.#pause(kind === 'real' ? random.between(3000, 6000) : random.between(200, 1200))
      if (kind === 'embedded') continue
      this.#healedAt = this.#now
      await this.#cluster.heal()
      this.#healedAt = this.#now
      await this.#pause(random.between(3000, 8000))
    }
    // The writer has the rest to write.
    await this.#cluster.heal()
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#trouble.signal }).catch(() => undefined)
  }

  async #sample(observer: Observer): Promise<void> {
    while (!this.#trouble.signal.aborted) {
      const began = this.#now
      const before = await observer.offsets(GROUP, TOPICS.input)
      const outputs = await observer.readOn(TOPICS.output, true)
      const after = await observer.offsets(GROUP, TOPICS.input)
      const at = this.#now
      const isSound = this.#healedAt < began - STALE_MS
      if (isSound) {
        this.#history.push(
          { op: 'sample', at, order: 'offsets first', committed: before, outputs },
          { op: 'sample', at, order: 'outputs first', committed: after, outputs },
        )
      }
      await this.#pause(SAMPLE_MS)
    }
  }

  async #settle(observer: Observer): Promise<void> {
    const healed = this.#now
    this.#history.push({ op: 'healed', at: healed })
    await observer.readOn(TOPICS.input, true)
    const ends: number[] = []
    for (const { partition, offset } of observer.seen(TOPICS.input)) ends[partition] = offset + 1
    for (;;) {
      const offsets = await observer.offsets(GROUP, TOPICS.input)
      const missing = ends.reduce((sum, end, partition) => sum + end - Math.max(0, offsets[partition] ?? 0), 0)
      if (missing === 0) {
        await observer.readOn(TOPICS.output, true)
        this.#history.push({ op: 'settled', at: this.#now })
        return
      }
      if (this.#now - healed > SETTLE_MS) {
        this.#history.push({ op: 'stuck', at: this.#now, missing })
        return
      }
      await sleep(100)
    }
  }

  async #conclude(observer: Observer): Promise<void> {
    const counts = this.#options.contender === 'kafkajs' ? [] : (['counts'] as const)
    for (const topic of ['input', 'output', ...counts] as const) {
      await observer.readOn(TOPICS[topic], true)
      this.#history.push({ op: 'topic', topic, records: observer.seen(TOPICS[topic]) })
    }
    for (const topic of ['output', ...counts] as const) {
      this.#history.push({ op: 'by markers', topic, records: await observer.byMarkers(TOPICS[topic]) })
    }
    if (counts.length > 0) {
      this.#history.push({ op: 'store', counts: await observer.store(this.#workload.changelog) })
    }
    this.#history.push({ op: 'committed', offsets: await observer.offsets(GROUP, TOPICS.input) })
  }
}
