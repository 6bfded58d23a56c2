/** Who looks at this also looks at that: products of one visit are seen together, a view brings what goes with it. */
import { collect, json, pipeline, session, string, topic } from 'millrace'
import { views } from './events.js'

export interface Recommendation {
  readonly visitor: string
  /** What is being looked at. */
  readonly product: string
  /** What others looked at in the same visit, most often first. */
  readonly others: readonly string[]
}

export interface SeenTogether {
  /** Times, by the other product. */
  readonly others: Readonly<Record<string, number>>
}

export const recommendations = topic('recommendations', { key: string(), value: json<Recommendation>() })
export const seenTogether = topic('seen-together', { key: string(), value: json<SeenTogether>() })

/** As many as are shown. */
const shown = 5

export const recommendationsPipeline = pipeline('recommendations', (p) => {
  const looks = p.stream(views)

  const together = looks
    .groupByKey()
    .windowedBy(session('30m', { grace: '5m', emit: 'final' }))
    .aggregate({ products: collect((view) => view.product, { limit: 50 }) }, { name: 'visits' })
    .toStream()
    .flatMap(({ products }) => pairsOf(products))
    .groupBy((pair) => pair.product, { name: 'by-product' })
    .aggregate(
      (): SeenTogether => ({ others: {} }),
      ({ others }, { other }) => ({ others: { ...others, [other]: (others[other] ?? 0) + 1 } }),
      { name: 'together' },
    )
  together.toStream().to(seenTogether)

  looks
    .selectKey((view) => view.product, { name: 'viewed-product' })
    .join(together, ({ visitor, product }, { others }) => ({ visitor, product, others: mostOf(others) }), {
      name: 'what-goes-with-it',
    })
    .selectKey((recommendation) => recommendation.visitor)
    .to(recommendations)
})

interface Pair {
  readonly product: string
  readonly other: string
}

/** Each two different products of a visit, both ways. */
function pairsOf(products: readonly string[]): readonly Pair[] {
  const different = [...new Set(products)]
  return different.flatMap((product) => different.flatMap((other) => (other === product ? [] : [{ product, other }])))
}

/** Of equals, the first by name. */
function mostOf(others: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(others)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, shown)
    .map(([product]) => product)
}
