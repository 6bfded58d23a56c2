/** Tables whose topic is their changelog: what is built for them, and where that would not be sound. */
import path from 'node:path'
import { expect, it } from 'vitest'
import { compile, type CompileResult } from '../../../compiler/index.js'
import { explain } from '../../../compiler/explain/index.js'
import { project } from '../frontend/project.js'

const compiled = (options: string, table: string, behind: string): Promise<CompileResult> => {
  const source = `
import { json, pipeline, string, topic } from 'millrace'
const customers = topic('customers', { key: string(), value: string() })
const out = topic('out', { key: string(), value: json<unknown>() })
export const made = pipeline('made', { ${options} }, (p) => {
  const table = p.table(customers, { name: 'customers', ${table} })
  ${behind}
})
`
  const { root, files } = project({ 'pipeline.ts': source })
  return compile({ root, files, outDir: path.join(root, 'generated') })
}

const problems = async (options: string, table: string, behind: string): Promise<readonly string[]> =>
  (await compiled(options, table, behind)).diagnostics.map(({ code, message }) => `${code} ${message}`)

it('has no changelog, and a sub-topology that makes rows of the topic again', async () => {
  const { diagnostics, pipelines } = await compiled('', "changelog: 'source'", 'table.toStream().to(out)')
  expect(diagnostics).toEqual([])
  const [made] = pipelines
  if (made === undefined) throw new Error('nothing was compiled')
  const { stores, subTopologies } = made.manifest
  expect(subTopologies.map(({ id }) => id)).toEqual([0])
  expect(stores.map(({ changelog }) => changelog)).toEqual([{ topic: 'customers', config: {}, restoredBy: 1 }])
  expect(explain(made, { format: 'text', level: 'topology' })).toMatch(
    /Source topics that serve as changelogs:\s+customers: store customers is restored from it/,
  )
})

it('has a changelog of its own by default', async () => {
  const { pipelines } = await compiled('', "changelog: 'own'", 'table.toStream().to(out)')
  expect(pipelines[0]?.manifest.stores.map(({ changelog }) => changelog?.topic)).toEqual(['made-customers-changelog'])
})

it('refuses what gives a record up behind the table, and its row with it', async () => {
  const behind = `table.map((v) => v.length, { name: 'lengths' }).toStream().to(out)`
  expect(await problems("onError: 'skip'", "changelog: 'source'", behind)).toEqual([
    expect.stringMatching(/^MR1304 customers cannot be restored from its topic: lengths, to-\w+ behind it do not stop/),
  ])
  // Behind an internal topic it is another record.
  const apart = `table.toStream().repartition({ name: 'apart' }).map((v) => v, { onError: 'skip' }).to(out)`
  expect(await problems('', "changelog: 'source'", apart)).toEqual([])
})

it.each([
  ["changelog: 'source', ttl: '1d'", /MR1211 the source topic is no changelog of a table with `ttl`/],
  ["changelog: 'source', versioned: { history: '1d' }", /MR1211 the source topic is no changelog of a table with `ver/],
])('refuses %s', async (table, message) => {
  expect(await problems('', table, 'table.toStream().to(out)')).toEqual([expect.stringMatching(message)])
})
