/** Windows that close when no input comes, of which a result may fail; run interpreted, and compiled from its text. */
import { double, pipeline, string, topic, tumbling } from '../../../dsl/index.js'

export const words = topic('words', { key: string(), value: string() })
export const counts = topic('counts', { key: string(), value: double() })

export const failingIdle = pipeline('failing-idle', { onError: 'skip' }, (p) => {
  p.stream(words)
    .groupByKey()
    .windowedBy(tumbling('1m', { grace: '10s', emit: 'final', idle: { closeAfter: '5s' } }))
    .count()
    .toStream()
    .selectKey((n, ctx) => {
      if (n === 1) throw new RangeError('one alone')
      return ctx.key.key
    })
    .to(counts)
})
