/** Writes generated pipelines as a project on disk: sources, types of their subjects, tsconfig. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { generateTypes } from '../../avro/typescript.js'
import { HELPERS_TEXT, type GeneratedPlan } from './generate/plan.js'

/** Below the repository: the package finds itself by its name there only. */
const WORK = new URL('./project/', import.meta.url).pathname

export interface WrittenProject {
  readonly root: string
  /** Of the pipelines, relative to the root. */
  readonly files: readonly string[]
  remove(): void
}

export function writeProject(name: string, plans: readonly GeneratedPlan[]): WrittenProject {
  const root = join(WORK, name)
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true })
  const write = (file: string, text: string): void => {
    writeFileSync(join(root, file), text)
  }
  write('helpers.ts', HELPERS_TEXT)
  write('schemas.ts', generateTypes(subjectsOf(plans), 'test/differential'))
  write('tsconfig.json', JSON.stringify(TSCONFIG, undefined, 2))
  const files = plans.map((plan) => {
    write(`${plan.name}.ts`, plan.text)
    return `${plan.name}.ts`
  })
  return {
    root,
    files,
    remove: () => {
      rmSync(root, { recursive: true, force: true })
    },
  }
}

function subjectsOf(plans: readonly GeneratedPlan[]) {
  return plans.flatMap(({ subjects }) =>
    [...subjects].map(([subject, versions]) => ({
      subject,
      schema: parseSchemaOrThrow(versions.at(-1) ?? 'null'),
      long: 'number' as const,
    })),
  )
}

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { millrace: ['../../../../dsl/index.ts'], 'millrace/types': ['../../../../dsl/types.ts'] },
  },
  include: ['*.ts'],
}
