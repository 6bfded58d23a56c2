/**
 * What the real lane runs. The broker and the registry come from Maven Central; the Python clients, and the JDK that
 * the registry needs (newer than the 17 asked of the machine), from PyPI: see requirements.txt.
 */
export const versions = {
  kafka: '4.3.1',
  registry: '3.3.3',
  mavenDependencyPlugin: '3.8.1',
} as const
