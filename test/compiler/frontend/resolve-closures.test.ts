import { describe, expect, it } from 'vitest'
import { builder, frontEnd, told } from './project.js'

/** Diagnostics of a lambda of `filter` after some lines of the builder. */
async function lambda(before: string, text: string, above = ''): Promise<readonly string[]> {
  const { diagnostics } = await frontEnd(builder(`  ${before}\n  p.stream(orders).filter(${text}).to(out)`, above))
  return told(diagnostics)
}

describe('captures that cannot be compiled', () => {
  it.each([
    [
      'class Cache { n = 1 }; const cache = new Cache()',
      '(o) => o.amount > cache.n',
      "'cache' cannot be compiled into the module: it is an instance of class Cache",
    ],
    [
      'const config = { deep: [{ f: Symbol() }] }',
      '(o) => o.id !== typeof config',
      "'config.deep[0].f' cannot be compiled into the module: it is a symbol",
    ],
    [
      'const wait = Promise.resolve(1)',
      '(o) => o.id !== typeof wait',
      "'wait' cannot be compiled into the module: it is a promise",
    ],
    [
      'const again = p.stream(orders)',
      '(o) => o.id !== typeof again',
      "'again' cannot be compiled into the module: it is a stream (streams meet by merge or join, not inside a lambda)",
    ],
    [
      'const all = /a/g',
      '(o) => all.test(o.id)',
      "'all' cannot be compiled into the module: it is a regular expression with state (flags g and y keep lastIndex between records)",
    ],
    [
      'const loop: { me?: unknown } = {}; loop.me = loop',
      '(o) => o.id !== typeof loop',
      "'loop.me' cannot be compiled into the module: it is a cyclic object",
    ],
    [
      'const lazy = { get n() { return 1 } }',
      '(o) => o.amount > lazy.n',
      "'lazy.n' cannot be compiled into the module: it is an accessor",
    ],
  ])('%s', async (before, text, message) => {
    const [first] = (await lambda(before, text)).filter((each) => each.startsWith('MR2'))
    expect(first).toMatch(/^MR2001 9:/)
    expect(first?.slice(first.indexOf("'"))).toBe(message)
  })

  it('points at the use, and at the declaration', async () => {
    const { diagnostics } = await frontEnd(
      builder(
        `  const cache = new URLish()\n  p.stream(orders).filter((o) => o.amount > cache.n).to(out)`,
        'class URLish { n = 1 }',
      ),
    )
    const [first] = diagnostics
    expect(first?.span).toMatchObject({ line: 9, column: 45 })
    expect(first?.related[0]?.span).toMatchObject({ line: 8, column: 9 })
  })

  it('functions without a source', async () => {
    expect(await lambda('', 'Boolean')).toEqual([
      "MR2002 9:27 the source of 'Boolean' (native or bound) is not visible to the compiler",
    ])
    expect(await lambda('const f = ((o: Order) => o.amount > 1).bind(null)', 'f')).toEqual([
      "MR2002 9:27 the source of 'bound ' (native or bound) is not visible to the compiler",
    ])
    const inner = await lambda('const f = Math.abs', '(o) => f(o.amount) > 1')
    expect(inner).toEqual(["MR2002 9:34 the source of 'abs' (native or bound) is not visible to the compiler"])
  })

  it('variables without a value, and functions that capture themselves', async () => {
    const { diagnostics } = await frontEnd(
      builder(
        `  if (true as boolean) { p.stream(orders).filter((o) => o.amount > limit()).to(out); return }\n  const later = 3\n  function limit() { return later }`,
      ),
    )
    expect(told(diagnostics)).toEqual(["MR2010 8:68 'later' has no value when the builder ends"])
    const recursive = await lambda('const down = (n: number): boolean => n < 1 || down(n - 1)', '(o) => down(o.amount)')
    expect(recursive).toEqual(["MR2011 9:34 'down' is a function of the builder that captures itself"])
  })
})

describe('bodies that cannot be compiled', () => {
  it.each([
    ['let seen = 0', '(o) => { seen += 1; return o.amount > seen }', 'MR2006', 9, 36],
    ['let seen = 0', '(o) => seen++ > o.amount', 'MR2006', 9, 34],
    ['const ids: string[] = []', '(o) => ids.push(o.id) > 0', 'MR2008', 9, 34],
    ['const ids = new Set<string>()', '(o) => ids.add(o.id).size > 0', 'MR2008', 9, 34],
    ['const m: { n?: number } = {}', '(o) => { m.n = o.amount; return true }', 'MR2008', 9, 36],
    ['', '(o) => { (o as { amount: number }).amount = 3; return true }', 'MR2007', 9, 36],
    ['', '({ items }) => (items as string[]).sort().length > 0', 'MR2007', 9, 42],
    ['', 'function (this: unknown, o) { return o === this }', 'MR2004', 9, 70],
    ['', 'function (o) { return arguments.length > 0 && o.amount > 0 }', 'MR2005', 9, 49],
  ])('%s %s', async (before, text, code, line, column) => {
    const found = await lambda(before, text)
    expect(found.map((each) => each.split(' ').slice(0, 2).join(' '))).toEqual([`${code} ${line}:${column}`])
  })

  it('asynchronous functions, where TypeScript does not see them', async () => {
    const { diagnostics } = await frontEnd(builder(`  p.stream(orders).peek(async (o) => void o).map(async (o) => o)`))
    expect(told(diagnostics)).toEqual([
      'MR1206 8:46 nobody uses the stream that map-2 puts out',
      'MR2009 8:25 `peek` is synchronous: its function cannot be async or return a promise',
      'MR2009 8:50 `map` is synchronous: its function cannot be async or return a promise',
    ])
  })

  it('captured functions are looked into', async () => {
    const { diagnostics } = await frontEnd(
      builder(
        [
          '  let seen = 0',
          '  const bump = (): number => { seen += 1; return seen }',
          '  const tools = { list: [(o: { n: number }) => { o.n = bump(); return o }] }',
          '  p.stream(orders).filter((o) => tools.list.length > o.amount).to(out)',
        ].join('\n'),
      ),
    )
    expect(told(diagnostics)).toEqual([
      "MR2006 9:32 the lambda assigns to 'seen' of the builder, which does not exist at run time",
    ])
  })

  it('warns of what gives another result each time', async () => {
    const found = await lambda('', '(o) => Date.now() > o.amount || Math.random() > 1 || new Date() > o.at')
    expect(found.map((each) => each.replace(/:.*? /, ' ').replace(/ gives.*/, ''))).toEqual([
      'MR3001 9 Date.now()',
      'MR3001 9 Math.random()',
      'MR3001 9 new Date()',
    ])
  })

  it('lets lambdas change what they made themselves, and module state', async () => {
    const body =
      '(o) => { const a: string[] = []; a.push(o.id); let n = 0; n++; seen.add(o.id); return [...o.items].sort().length > n + a.length }'
    expect(await lambda('', body, 'const seen = new Set<string>()')).toEqual([])
  })

  it('tells all errors of a run', async () => {
    const { diagnostics } = await frontEnd(
      builder(
        `  let n = 0\n  const c = Promise.resolve(1)\n  p.stream(orders).filter((o) => n++ > o.amount).filter((o) => o.id !== typeof c).to(out)`,
      ),
    )
    expect(told(diagnostics).map((each) => each.slice(0, 6))).toEqual(['MR2006', 'MR2001'])
  })
})
