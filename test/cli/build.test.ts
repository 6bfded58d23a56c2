/** `millrace build` and `check`: fresh, stale, broken, watched. Each test leaves the project built, as it found it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withoutProgress } from './support/millrace.js'
import { newProject, projectWithSchemas, type Project } from './support/project.js'
import { embeddedServices } from './support/services.js'

interface BuildJson {
  readonly ok: boolean
  readonly pipelines: readonly string[]
  readonly written: readonly string[]
  readonly removed: readonly string[]
  readonly stale: readonly { readonly path: string; readonly reason: string }[]
  readonly diagnostics: readonly { readonly code: string; readonly file: string; readonly line: number }[]
}

const services = embeddedServices()
const source = 'pipelines/large-orders.ts'
const output = 'generated/large-orders.js'

let project: Project
let original: string

const json = async (...args: readonly string[]) => {
  const { code, data } = await project.json(args)
  return { code, ...(data as BuildJson) }
}

/** The file has another content while `work` goes on. */
const withText = async (file: string, change: (text: string) => string, work: () => Promise<void>) => {
  const before = await project.read(file)
  const changed = change(before)
  expect(changed).not.toBe(before)
  await project.write(file, changed)
  try {
    await work()
  } finally {
    await project.write(file, before)
  }
}

beforeAll(async () => {
  project = await projectWithSchemas(services)
  original = await project.read(source)
})
afterAll(() => project[Symbol.asyncDispose]())

describe('millrace build', () => {
  it('writes module, map, declarations and manifest, and nothing that is not new', async () => {
    const first = await json('build')
    expect(first).toMatchObject({ code: 0, ok: true, pipelines: ['large-orders'], diagnostics: [] })
    for (const end of ['.js', '.js.map', '.d.ts', '.manifest.json']) {
      expect(await project.exists(`generated/large-orders${end}`)).toBe(true)
    }
    expect((await json('build')).written).toEqual([])
  })

  it('tells people what it did; with --verbose, how long each step took', async () => {
    const { code, stdout, stderr } = await project.run(['build', '--verbose'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toMatch(/^ +\d+ ms {2}\w+/m)
    expect(stderr).toMatch(/✓ built large-orders in \d+\.\d s → generated\n$/)
  })

  it('tells all errors with their places, and writes nothing', async () => {
    const before = await project.read(output)
    const wrong = (text: string) => text.replace('order.amount >=', 'order.amuont >=').replace("'large-o", "'larger-o")
    await withText(source, wrong, async () => {
      const { code, ok, diagnostics } = await json('build')
      expect({ code, ok }).toEqual({ code: 1, ok: false })
      expect(diagnostics.find((each) => each.code === 'MR1003')).toMatchObject({ file: source, line: 4 })
      expect(diagnostics.find((each) => each.code === 'TS2551')).toMatchObject({ file: source, line: 8 })
      const { stderr } = await project.run(['build'])
      expect(stderr).toContain(`--> ${source}:8:`)
      expect(stderr).toContain("Did you mean 'large-orders-value'?")
      expect(stderr).toMatch(/\d errors\n$/)
    })
    expect(await project.read(output)).toBe(before)
  })

  it('removes what pipelines of the past left behind', async () => {
    await project.write('pipelines/more.ts', original.replace("pipeline('large-orders'", "pipeline('more'"))
    expect((await json('build')).pipelines).toEqual(['large-orders', 'more'])
    await project.remove('pipelines/more.ts')
    const { code, removed } = await json('build')
    expect(code).toBe(0)
    expect(removed.join()).toContain('more.js')
    expect(await project.exists('generated/more.js')).toBe(false)
  })
})

describe('millrace build --frozen', () => {
  it('passes when all is fresh, without a registry', async () => {
    const { code, stderr } = await project.run(['build', '--frozen'], {
      env: { MILLRACE_REGISTRY_URL: 'http://127.0.0.1:1' },
    })
    expect(withoutProgress(stderr)).toBe('✓ everything generated is fresh\n')
    expect(code).toBe(0)
  })

  it('refuses what another source would make, and writes nothing', async () => {
    const before = await project.read(output)
    await withText(
      source,
      (text) => text.replace('>= 100', '>= 200'),
      async () => {
        const { code, ok, stale } = await json('build', '--frozen')
        expect({ code, ok }).toEqual({ code: 1, ok: false })
        expect(stale.map(({ path }) => path)).toContain(output)
      },
    )
    expect(await project.read(output)).toBe(before)
  })

  it('refuses code and types that were edited by hand', async () => {
    const byHand = (text: string) => `${text}// by hand\n`
    await withText(output, byHand, () =>
      withText('generated/schemas.ts', byHand, async () => {
        const { code, stderr } = await project.run(['build', '--frozen'])
        expect(code).toBe(1)
        expect(stderr).toContain(`error: ${output}: `)
        expect(stderr).toContain('error: generated/schemas.ts: is not what schemas.lock.json says')
        expect(stderr).toContain('millrace build writes them anew')
      }),
    )
  })

  it('refuses a lock that was edited, with what to do', async () => {
    await withText(
      'schemas.lock.json',
      (text) => text.replace('amount', 'amuont'),
      async () => {
        const { code, stderr } = await project.run(['build', '--frozen'])
        expect(code).toBe(1)
        expect(stderr).toMatch(/^error: .*schemas\.lock\.json/m)
        expect(stderr).toMatch(/^help: .*millrace schema pull/m)
        expect(stderr).not.toMatch(/^\s+at /m)
      },
    )
  })
})

describe('millrace build --watch', () => {
  it('builds again when files change, come and go, also after an error', async () => {
    await using watching = project.start(['build', '--watch'])
    await watching.says(/watching; end with Ctrl\+C/)
    await project.edit(source, '>= 100', '>= 300')
    await watching.says(/✓ built large-orders in/, 2)
    expect(watching.output).toContain(`changed: ${source}`)
    expect(await project.read(output)).toContain('300')
    await project.edit(source, 'amount >=', 'amuont >=')
    await watching.says(/1 error/)
    await project.write(source, original)
    await watching.says(/✓ built large-orders in/, 3)
    expect(await project.read(output)).not.toContain('300')
    await project.write('pipelines/more.ts', original.replace("pipeline('large-orders'", "pipeline('more'"))
    await watching.says(/✓ built large-orders, more in/)
    await project.remove('pipelines/more.ts')
    await watching.says(/✓ built large-orders in/, 4)
    const lock = await project.read('schemas.lock.json')
    await project.write('schemas.lock.json', lock.replace('amount', 'amuont'))
    await watching.says(/error: .*schemas\.lock\.json/)
    await project.write('schemas.lock.json', lock)
    await watching.says(/✓ built large-orders in/, 5)
    expect(await watching.end('SIGINT')).toMatchObject({ code: 0 })
  })
})

describe('millrace check', () => {
  it('says that all is well, and writes nothing', async () => {
    await project.remove(output)
    const { code, stderr } = await project.run(['check'])
    expect(code).toBe(0)
    expect(stderr).toContain('✓ large-orders: no errors')
    expect(await project.exists(output)).toBe(false)
    expect(await json('check')).toMatchObject({ code: 0, ok: true, pipelines: ['large-orders'] })
  })

  it('without a lock says where schemas come from', async () => {
    await using fresh = await newProject(services)
    const { code, stderr } = await fresh.run(['check'])
    expect(code).toBe(1)
    expect(stderr).toContain("subject 'orders-value' is not in the schema lock")
    expect(stderr).toContain('millrace schema pull')
  })
})

describe('millrace explain', () => {
  it('shows the plans and the lambdas of a pipeline', async () => {
    const { code, stdout } = await project.run(['explain', 'large-orders'])
    expect(code).toBe(0)
    expect(stdout).toContain(
      'filter-1, predicate (pipelines/large-orders.ts:8:13)\n      reads value: amount\n      fused',
    )
    const { data } = await project.json(['explain', 'large-orders'])
    expect(data).toBeTypeOf('object')
  })

  it('shows the page of a diagnostic', async () => {
    const { code, stdout } = await project.run(['explain', 'MR1003'])
    expect(code).toBe(0)
    expect(stdout).toContain('MR1003')
  })

  it.each([
    [['explain', 'larg-orders'], "did you mean 'large-orders'?"],
    [['explain', '--level', 'none'], 'mir'],
    [['explain', 'MR4321'], 'no diagnostic has the code MR4321'],
  ])('%j is refused', async (args, text) => {
    const { code, stderr } = await project.run(args)
    expect(code).toBe(2)
    expect(stderr).toContain(text)
  })
})
