import type { JsonObject } from '../../../avro/schema.js'
import type { GeneratedPlan } from '../generate/plan.js'

/** A plan with one Avro source `<name>-in`; `body` is that of its builder. */
export function oneSource(name: string, fields: readonly JsonObject[], body: string): GeneratedPlan {
  const topic = `${name}-in`
  const subject = `${topic}-value`
  const imports = ['avro', 'deadLetter', 'double', 'json', 'nullable', 'otherwise', 'string', 'topic'].filter((n) =>
    new RegExp(`\\b${n}\\b`).test(body),
  )
  return {
    name,
    text: `import { ${[...imports, 'pipeline'].join(', ')} } from 'millrace'\n\nexport const ${name} = pipeline('${name}', { onError: 'skip' }, (p) => {\n${body}\n})\n`,
    sources: [{ topic, value: { kind: 'avro', subject }, keyNullable: false, valueNullable: false }],
    long: 'number',
    subjects: new Map([[subject, [{ type: 'record', name: 'Value', fields }]]]),
  }
}
