/** Pipelines of one application in different versions, compiled together: what the lock says of each. */
import path from 'node:path'
import { compile, isError, type LockedPipeline } from '../../../compiler/index.js'
import { project } from '../frontend/project.js'

const head = `
import { json, pipeline, string, topic, tumbling } from 'millrace'
interface Order { readonly id: string; readonly country: string; readonly amount: number }
const orders = topic('orders', { key: string(), value: json<Order>() })
const more = topic('more-orders', { key: string(), value: json<Order>() })
const out = topic('out', { key: string(), value: json<unknown>() })
void [more, tumbling, out]
`

/** `bodies` by name of the version; each has \`p\` and ends in a sink. `deployed`: what is locked, by name of the version. */
export async function versions<const Names extends string>(
  bodies: Readonly<Record<Names, string>>,
  applicationIds: Readonly<Record<string, string>> = {},
  deployed: Readonly<Record<string, LockedPipeline>> = {},
): Promise<Readonly<Record<Names, LockedPipeline>>> {
  const names = Object.keys(bodies) as Names[]
  const pipelines = names.map((name) => {
    const id = applicationIds[name] ?? 'shop'
    return `export const ${name} = pipeline('${name}', { id: '${id}' }, (p) => {\n${bodies[name]}\n})`
  })
  const { root, files } = project({ 'pipeline.ts': `${head}\n${pipelines.join('\n')}\n` })
  const { diagnostics, pipelines: compiled } = await compile({
    root,
    files,
    outDir: path.join(root, 'generated'),
    topologyLock: { pipelines: deployed },
  })
  const errors = diagnostics.filter(isError)
  if (errors.length > 0) throw new Error(errors.map(({ code, message }) => `${code} ${message}`).join('\n'))
  const found = new Map(compiled.map(({ name, keeps }) => [name, keeps]))
  return Object.fromEntries(
    names.map((name) => {
      const keeps = found.get(name)
      if (keeps === undefined) throw new Error(`${name} was not compiled`)
      return [name, keeps]
    }),
  ) as Record<Names, LockedPipeline>
}
