import { describe, expect, it } from 'vitest'
import { Collector, inReadingOrder } from '../../../compiler/diagnostics/collector.js'
import { badCapture } from '../../../compiler/diagnostics/closures.js'
import { renderDiagnostics, renderSummary } from '../../../compiler/diagnostics/render.js'
import { danglingStream } from '../../../compiler/diagnostics/stage.js'
import { diagnosticToJson } from '../../../compiler/diagnostics/to-json.js'
import { unknownSubject } from '../../../compiler/diagnostics/types.js'
import type { Span } from '../../../compiler/ir/span.js'

const source = [
  'const cache = new Cache()',
  "p.stream(topic('ordes'))",
  '\t.filter((o) => cache.has(o.id))',
  '  .map((o) => ({',
  '    id: o.id,',
  '  }))',
].join('\n')

function span(text: string): Span {
  const start = source.indexOf(text)
  const before = source.slice(0, start).split('\n')
  return {
    file: 'pipelines/a.ts',
    start,
    end: start + text.length,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
  }
}
const sourceOf = (file: string) => (file === 'pipelines/a.ts' ? source : undefined)

const subject = unknownSubject(
  { topic: 'ordes', subject: 'ordes-value', similar: 'orders-value', locked: 3 },
  span("topic('ordes')"),
)

describe('frames', () => {
  it('show the line, the place and the help', () => {
    expect(renderDiagnostics([subject], { sourceOf })).toBe(
      [
        "error[MR1003]: topic 'ordes': subject 'ordes-value' is not in the schema lock (3 subjects). Did you mean 'orders-value'?",
        '  --> pipelines/a.ts:2:10',
        '   |',
        " 2 | p.stream(topic('ordes'))",
        '   |          ^^^^^^^^^^^^^^',
        "   = help: run `millrace schema pull`, or give the topic a serde: topic('…', { value: avro<T>() })",
      ].join('\n'),
    )
  })

  it('show related places, and keep tabs', () => {
    const found = badCapture('cache', 'an instance of class Cache', span('cache.has'), span('cache'))
    expect(renderDiagnostics([found], { sourceOf })).toBe(
      [
        "error: unsupported[MR2001]: 'cache' cannot be compiled into the module: it is an instance of class Cache",
        '  --> pipelines/a.ts:3:17',
        '   |',
        ' 3 | \t.filter((o) => cache.has(o.id))',
        '   | \t               ^^^^^^^^^',
        '  ::: pipelines/a.ts:1:7',
        '   |',
        ' 1 | const cache = new Cache()',
        '   |       ----- declared here',
        '   = help: capture plain data, or declare it at module level: then it lives in your own module at run time',
      ].join('\n'),
    )
  })

  it('show several lines, and what has no frame', () => {
    const several = danglingStream('map-1', span('map((o) => ({\n    id: o.id,\n  }))'))
    const nowhere = danglingStream('map-2', { ...span('map'), file: 'gone.ts' })
    const without = danglingStream('map-3', undefined)
    const text = renderDiagnostics([several, nowhere, without], { sourceOf })
    expect(text).toContain(
      [
        ' 4 |   .map((o) => ({',
        '   |    ^^^^^^^^^^^^^',
        ' 5 |     id: o.id,',
        '   |     ^^^^^^^^^',
        ' 6 |   }))',
        '   |   ^^^',
      ].join('\n'),
    )
    expect(text).toContain('warning[MR1206]: nobody uses the stream that map-2 puts out\n  --> gone.ts:4:4\n   = help')
    expect(text.split('\n\n')).toHaveLength(3)
  })

  it('show an empty span and the end of the file', () => {
    const end = { file: 'pipelines/a.ts', start: source.length, end: source.length, line: 6, column: 6 }
    expect(renderDiagnostics([danglingStream('x', end)], { sourceOf })).toContain(' 6 |   }))\n   |      ^')
  })
})

describe('collections', () => {
  it('say a thing once, errors first, in the order of the files', () => {
    const collector = new Collector()
    const warning = danglingStream('a', span('.filter'))
    collector.add(warning, subject, warning)
    expect(collector.hasErrors).toBe(true)
    expect(inReadingOrder(collector.diagnostics).map(({ code }) => code)).toEqual(['MR1003', 'MR1206'])
    expect(renderSummary(collector.diagnostics)).toBe('1 error, 1 warning')
    expect(renderSummary([])).toBe('')
  })

  it('leave out what TypeScript says about the name of an unknown topic', () => {
    const collector = new Collector()
    const theirs = { ...subject, code: 'TS2345', span: span("'ordes'") } as const
    collector.add(theirs, { ...theirs, span: span('cache') }, subject)
    expect(collector.diagnostics.map(({ code, span: at }) => [code, at?.line])).toEqual([
      ['TS2345', 1],
      ['MR1003', 2],
    ])
  })

  it('become JSON', () => {
    expect(JSON.parse(JSON.stringify(diagnosticToJson(subject)))).toEqual({
      code: 'MR1003',
      severity: 'error',
      error: true,
      message: subject.message,
      file: 'pipelines/a.ts',
      line: 2,
      column: 10,
      start: 35,
      end: 49,
      help: subject.help,
      related: [],
    })
  })
})
