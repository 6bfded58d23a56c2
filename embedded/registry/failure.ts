/** Errors as Confluent's registry answers them: HTTP status, error code, message. */
export class RegistryFailure extends Error {
  override readonly name = 'RegistryFailure'
  constructor(
    readonly status: number,
    readonly errorCode: number,
    message: string,
  ) {
    super(message)
  }
}

export const failures = {
  subjectNotFound: (subject: string) => new RegistryFailure(404, 40401, `Subject '${subject}' not found.`),
  versionNotFound: (version: number | string) => new RegistryFailure(404, 40402, `Version ${version} not found.`),
  schemaNotFound: (what = 'Schema not found') => new RegistryFailure(404, 40403, what),
  subjectSoftDeleted: (subject: string) =>
    new RegistryFailure(404, 40404, `Subject '${subject}' was soft deleted. Set permanent=true to delete permanently`),
  subjectNotSoftDeleted: (subject: string) =>
    new RegistryFailure(404, 40405, `Subject '${subject}' was not deleted first before being permanently deleted`),
  versionSoftDeleted: (subject: string, version: number) =>
    new RegistryFailure(
      404,
      40406,
      `Subject '${subject}' Version ${version} was soft deleted. Set permanent=true to delete permanently`,
    ),
  versionNotSoftDeleted: (subject: string, version: number) =>
    new RegistryFailure(
      404,
      40407,
      `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`,
    ),
  noSubjectConfig: (subject: string) =>
    new RegistryFailure(404, 40408, `Subject '${subject}' does not have subject-level compatibility configured`),
  noSubjectMode: (subject: string) =>
    new RegistryFailure(404, 40409, `Subject '${subject}' does not have subject-level mode configured`),
  incompatible: (subject: string, details: readonly string[]) =>
    new RegistryFailure(
      409,
      409,
      `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${details.join(', ')}]`,
    ),
  invalidSchema: (why: string) => new RegistryFailure(422, 42201, `Invalid schema: ${why}`),
  invalidVersion: (version: string) =>
    new RegistryFailure(
      422,
      42202,
      `The specified version '${version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
    ),
  invalidLevel: () =>
    new RegistryFailure(
      422,
      42203,
      'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive',
    ),
  invalidMode: () =>
    new RegistryFailure(422, 42204, 'Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE and IMPORT'),
  notPermitted: (why: string) => new RegistryFailure(422, 42205, why),
  referenced: (subject: string, version: number) =>
    new RegistryFailure(
      422,
      42206,
      `One or more references exist to the schema {subject=${subject},version=${version}}`,
    ),
} as const
