/** Texts of what a schema refers to, fetched, each after what it refers to itself. */
import type { RegistryClient, SchemaReference } from './client.js'

export async function versionTexts(
  client: RegistryClient,
  text: string,
  references: readonly SchemaReference[],
): Promise<{ readonly text: string; readonly references: readonly string[] }> {
  const texts = new Set<string>()
  const seen = new Set<string>()
  const visit = async ({ subject, version }: SchemaReference): Promise<void> => {
    const key = `${version} ${subject}`
    if (seen.has(key)) return
    seen.add(key)
    const found = await client.version(subject, version)
    for (const inner of found.references) await visit(inner)
    texts.add(found.schema)
  }
  for (const reference of references) await visit(reference)
  return { text, references: [...texts] }
}
