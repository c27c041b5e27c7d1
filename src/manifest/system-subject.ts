// The name under which Vigie watches itself, its processes and their machines, beside the models.

/** Taken wherever a watched model is named; no model may have it. */
export const SYSTEM_SUBJECT = 'vigie';
