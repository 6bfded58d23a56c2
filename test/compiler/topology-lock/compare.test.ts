/** Pairs of versions of a pipeline, and what `millrace plan` says of each pair. */
import { describe, expect, it } from 'vitest'
import { comparePipelines, worst, type Difference, type LockedPipeline } from '../../../compiler/index.js'
import { acceptPipeline, renameInLock } from '../../../compiler/topology-lock/accept.js'
import { versions } from './variants.js'

const fold = (acc: string, initial: string): string => `
  const totals = p.stream(orders).groupByKey().aggregate(
    (): ${acc} => (${initial}),
    (acc, o) => ({ ...acc, count: acc.count + o.amount }),
    { name: 'totals' },
  )
  totals.toStream().to(out)`

const windowed = (window: string): string =>
  `p.stream(orders).groupByKey().windowedBy(${window}).count({ name: 'perHour' }).toStream().map((n) => n).selectKey((_, ctx) => ctx.key.key).to(out)`

const byCountry = (options: string, topic = 'orders'): string => `
  p.stream(${topic}).selectKey((o) => o.country).repartition(${options}).groupByKey().count({ name: 'counts' }).toStream().to(out)`

const regrouped = (apart: string): string => `
  const keyed = p.stream(orders).selectKey((o) => o.country)
  keyed.groupByKey({ name: 'counted' }).count({ name: 'counts' }).toStream().to(out)
  keyed${apart}.groupByKey({ name: '${apart === '' ? 'latest' : 'by-latest'}' }).reduce((_, o) => o, { name: 'newest' }).toStream().to(out)`

const counted = `
  const keyed = p.stream(orders).selectKey((o) => o.country)
  keyed.groupByKey({ name: 'counted' }).count({ name: 'counts' }).toStream().to(out)`

const countedAndJoined = `${counted}
  keyed.join(p.table(more, { name: 'rates' }), (order) => order, { name: 'rated' }).to(out)`

const compileAll = () =>
  versions(
    {
      stateless: `p.stream(orders).filter((o) => o.amount > 1).to(out)`,
      statelessOther: `p.stream(orders).filter((o) => o.amount > 2).map((o) => o.id).to(out)`,
      twoInputs: `p.stream(orders).merge(p.stream(more)).to(out)`,
      count: `p.stream(orders).groupByKey().count({ name: 'counts' }).toStream().to(out)`,
      countOnDisk: `p.stream(orders).groupByKey().count({ name: 'counts', store: 'disk' }).toStream().to(out)`,
      ordersTable: `p.table(orders, { name: 'newest' }).toStream().to(out)`,
      ordersRestored: `p.table(orders, { name: 'newest', changelog: 'source' }).toStream().to(out)`,
      moreRestored: `p.table(more, { name: 'newest', changelog: 'source' }).toStream().to(out)`,
      countFiltered: `p.stream(orders).filter((o) => o.amount > 1).groupByKey().count({ name: 'counts' }).toStream().to(out)`,
      countBound: `const counts = p.stream(orders).groupByKey().count()\n counts.toStream().to(out)`,
      countRenamed: `const perKey = p.stream(orders).groupByKey().count()\n perKey.toStream().to(out)`,
      countOtherKey: `p.stream(orders).groupBy((o) => o.amount).count({ name: 'counts' }).toStream().selectKey(() => 'k').to(out)`,
      anotherApplication: `p.stream(orders).groupByKey().count({ name: 'counts' }).toStream().to(out)`,
      reduced: `p.stream(orders).groupByKey().reduce((a, b) => (a.amount > b.amount ? a : b), { name: 'counts' }).toStream().to(out)`,
      fold: fold('{ count: number }', '{ count: 0 }'),
      foldWithField: fold('{ count: number; total: number }', '{ count: 0, total: 0 }'),
      foldWithNullable: fold('{ count: number; note: string | null }', '{ count: 0, note: null }'),
      hour: windowed(`tumbling('1h', { grace: '1m' })`),
      hourLate: windowed(`tumbling('1h', { grace: '5m' })`),
      tenMinutes: windowed(`tumbling('10m', { grace: '1m' })`),
      byCountry: byCountry(`{ name: 'by-country' }`),
      byCountryWide: byCountry(`{ name: 'by-country', partitions: 12 }`),
      byCountryRenamed: byCountry(`{ name: 'by-land' }`),
      regrouped: regrouped(''),
      repartitioned: `p.stream(orders).selectKey((o) => o.country).repartition({ name: 'moved' }).groupByKey().count({ name: 'counts' }).toStream().to(out)`,
      repartitionedAndJoined: `
        const moved = p.stream(orders).selectKey((o) => o.country).repartition({ name: 'moved' })
        moved.groupByKey().count({ name: 'counts' }).toStream().to(out)
        moved.join(p.table(more, { name: 'rates' }), (order) => order).to(out)`,
      regroupedApart: regrouped(`.repartition({ name: 'latest' })`),
    },
    { anotherApplication: 'mall' },
  )

type Versions = Awaited<ReturnType<typeof compileAll>>
type Version = keyof Versions

let compiled: Promise<Versions> | undefined
/** Compiled once, by the first test. */
const all = (): Promise<Versions> => (compiled ??= compileAll())

const compare = async (before: Version, after: Version): Promise<readonly Difference[]> => {
  const found = await all()
  return comparePipelines('made', found[before], found[after])
}

const summary = (differences: readonly Difference[]): readonly string[] =>
  differences.map(({ verdict, kind, name, reason }) => `${verdict} ${kind} ${name}: ${reason}`)

describe('a version after another', () => {
  it.each<readonly [Version, Version, string, RegExp | undefined]>([
    ['count', 'count', 'safe', undefined],
    ['stateless', 'statelessOther', 'safe', undefined],
    ['count', 'countFiltered', 'safe', undefined],
    ['stateless', 'twoInputs', 'rolling', /topic more-orders: is read now/],
    ['twoInputs', 'stateless', 'rolling', /topic more-orders: is not read any more/],
    ['stateless', 'count', 'rolling', /store counts: is new: it begins empty/],
    ['count', 'stateless', 'rolling', /store counts: is gone: its changelog stays behind/],
    ['hour', 'hourLate', 'rolling', /store perHour: window.grace was 60000 and is 300000/],
    ['fold', 'foldWithNullable', 'rolling', /rows that are there are read by schema resolution/],
    ['foldWithField', 'fold', 'rolling', /rows that are there are read by schema resolution/],
    ['count', 'countOnDisk', 'safe', /store counts: was in memory and is on disk: a process that restarts reads/],
    ['countOnDisk', 'count', 'safe', /store counts: was on disk and is in memory/],
    ['ordersTable', 'ordersRestored', 'rolling', /store newest: its rows are restored from topic orders from now on/],
    ['ordersRestored', 'ordersTable', 'reset', /from topic orders and are from a changelog of its own, which is empty/],
    ['ordersRestored', 'moreRestored', 'reset', /from topic orders and are from topic more-orders/],
    ['hour', 'tenMinutes', 'reset', /window.size was 3600000 and is 600000/],
    ['count', 'reduced', 'reset', /aggregation.kind was count and is reduce/],
    [
      'countBound',
      'countRenamed',
      'reset',
      /store aggregate-counts: is gone, and aggregate-perKey, which keeps the same/,
    ],
    ['byCountry', 'byCountryWide', 'reset', /topic by-country: had the partitions of its inputs and has 12 partitions/],
    ['regroupedApart', 'regrouped', 'reset', /topic latest: is gone: latest reads counted-repartition instead, of the/],
    [
      'repartitioned',
      'repartitionedAndJoined',
      'rolling',
      /topic moved: is read together with more-orders now, and keeps/,
    ],
    ['regrouped', 'regroupedApart', 'rolling', /topic latest: is new: it is created at the start/],
    ['byCountry', 'byCountryRenamed', 'reset', /topic by-country: is gone: records that are in it/],
    ['count', 'anotherApplication', 'reset', /application id was shop and is mall/],
    ['fold', 'foldWithField', 'refused', /total/],
    ['count', 'countOtherKey', 'refused', /its key was string and is double: no row would be found again/],
  ])('%s, then %s: %s', async (before, after, verdict, reason) => {
    const differences = await compare(before, after)
    expect(worst(differences)).toBe(verdict)
    if (reason === undefined) expect(differences).toEqual([])
    else expect(summary(differences)).toContainEqual(expect.stringMatching(reason))
    for (const difference of differences) {
      if (difference.verdict === 'reset' || difference.verdict === 'refused') expect(difference.fix).toBeDefined()
    }
  })

  it('leaves a deployed repartition topic with the partitions that it has', async () => {
    const fresh = await versions({ shop: counted, both: countedAndJoined })
    // With nothing deployed, the table decides.
    expect(Object.keys(fresh.both.internalTopics)).toEqual(['counted'])
    const { shop } = await versions({ shop: countedAndJoined }, {}, { shop: fresh.shop })
    expect(Object.keys(shop.internalTopics)).toEqual(['counted', 'rated'])
    const differences = comparePipelines('shop', fresh.shop, shop)
    expect(worst(differences)).toBe('rolling')
    expect(summary(differences)).toContainEqual('rolling topic rated: is new: it is created at the start')
    // Once they share it, they go on.
    const { both } = await versions({ both: countedAndJoined }, {}, { both: fresh.both })
    expect(comparePipelines('both', fresh.both, both)).toEqual([])
  })

  it('is new, or gone', async () => {
    const { count } = await all()
    expect(summary(comparePipelines('made', undefined, count))).toEqual(['safe pipeline made: is new'])
    expect(worst(comparePipelines('made', count, undefined))).toBe('safe')
  })
})

describe('the lock', () => {
  const stores = (pipeline: LockedPipeline, name: string) => pipeline.stores[name]

  it('remembers every form that rows were written in, until the store is reset', async () => {
    const { fold: first, foldWithNullable: second } = await all()
    const accepted = acceptPipeline(first, second, new Set())
    expect(stores(accepted, 'totals')?.older).toEqual([first.stores['totals']?.rows])
    // Back again: the second form stays known, since rows of it are there.
    const back = acceptPipeline(accepted, first, new Set())
    expect(stores(back, 'totals')?.older).toEqual([second.stores['totals']?.rows])
    expect(stores(acceptPipeline(accepted, first, new Set(['totals'])), 'totals')?.older).toEqual([])
  })

  it('names the topic that a table is restored from, and forgets the changelog that it had', async () => {
    const { ordersTable, ordersRestored } = await all()
    const accepted = acceptPipeline(ordersTable, ordersRestored, new Set())
    expect(stores(accepted, 'newest')).toMatchObject({ changelog: 'orders', isSource: true })
    const back = stores(acceptPipeline(accepted, ordersTable, new Set(['newest'])), 'newest')
    expect(back?.changelog).toBe('newest-changelog')
    expect(back?.isSource).toBeUndefined()
  })

  it('holds what is renamed at its name in Kafka', async () => {
    const { countBound, countRenamed } = await all()
    const lock = renameInLock({ pipelines: { made: countBound } }, 'aggregate-counts', 'aggregate-perKey')
    const locked = lock?.pipelines['made']
    if (locked === undefined) throw new Error('nothing was renamed')
    expect(worst(comparePipelines('made', locked, countRenamed))).toBe('rolling')
    const accepted = acceptPipeline(locked, countRenamed, new Set())
    expect(stores(accepted, 'aggregate-perKey')?.changelog).toBe('aggregate-counts-changelog')
    expect(renameInLock({ pipelines: { made: countBound } }, 'nothing', 'else')).toBeUndefined()
  })

  it('knows a repartition topic that was renamed twice', async () => {
    const { byCountry } = await all()
    const lock = { pipelines: { made: byCountry } }
    const once = renameInLock(lock, 'by-country', 'by-land')
    const twice = once && renameInLock(once, 'by-land', 'by-nation')
    expect(twice?.pipelines['made']?.subTopologies).toEqual([['orders'], ['by-nation-repartition']])
    expect(twice?.pipelines['made']?.internalTopics['by-nation']?.topic).toBe('by-country-repartition')
  })
})
