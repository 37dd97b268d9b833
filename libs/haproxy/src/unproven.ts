/**
 * The part of a configuration that HAProxy has not accepted yet, as a configuration. Sections of services do not depend on
 * each other, so those that stand word for word in `accepted` are left out: a check then costs what has changed.
 */
export const unproven = (configuration: string, accepted: string): string => {
  const proven = new Set(sectionsOf(accepted));
  return sectionsOf(configuration)
    .filter((section) => !isService(section) || !proven.has(section))
    .join('\n\n');
};

/** An empty line stands before each section, and nowhere else. */
const sectionsOf = (configuration: string): readonly string[] => configuration.trimEnd().split('\n\n');

const isService = (section: string): boolean => /^(?:#.*\n)?(?:listen|backend) /.test(section);
