// The enums of the API; their inner values are the words the rooms use, so resolvers need no mapping.
import './reflect-metadata.js';
import { registerEnumType } from 'type-graphql';

export const Task = {
  CLASSIFICATION: 'classification',
  REGRESSION: 'regression',
  DETECTION: 'detection',
} as const;
export type Task = (typeof Task)[keyof typeof Task];
registerEnumType(Task, { name: 'Task' });

export const Stage = {
  NONE: 'none',
  STAGING: 'staging',
  PRODUCTION: 'production',
  ARCHIVED: 'archived',
} as const;
export type Stage = (typeof Stage)[keyof typeof Stage];
registerEnumType(Stage, { name: 'Stage' });

export const FeatureType = {
  NUMBER: 'number',
  INTEGER: 'integer',
  CATEGORY: 'category',
  BOOLEAN: 'boolean',
  TEXT: 'text',
  IMAGE: 'image',
} as const;
export type FeatureType = (typeof FeatureType)[keyof typeof FeatureType];
registerEnumType(FeatureType, { name: 'FeatureType' });

export const PredictionStatus = {
  QUEUED: 'queued',
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
} as const;
export type PredictionStatus = (typeof PredictionStatus)[keyof typeof PredictionStatus];
registerEnumType(PredictionStatus, { name: 'PredictionStatus' });

export const WarningCode = {
  OUT_OF_RANGE: 'OUT_OF_RANGE',
  UNSEEN_CATEGORY: 'UNSEEN_CATEGORY',
  MISSING_VALUE: 'MISSING_VALUE',
} as const;
export type WarningCode = (typeof WarningCode)[keyof typeof WarningCode];
registerEnumType(WarningCode, { name: 'WarningCode' });

export const FindingStatus = {
  OK: 'ok',
  WARNING: 'warning',
  CRITICAL: 'critical',
  NO_DATA: 'no-data',
  INSUFFICIENT_DATA: 'insufficient-data',
} as const;
export type FindingStatus = (typeof FindingStatus)[keyof typeof FindingStatus];
registerEnumType(FindingStatus, { name: 'FindingStatus' });

export const Severity = { WARNING: 'warning', CRITICAL: 'critical' } as const;
export type Severity = (typeof Severity)[keyof typeof Severity];
registerEnumType(Severity, { name: 'Severity' });

export const AlertState = {
  PENDING: 'pending',
  FIRING: 'firing',
  ACKNOWLEDGED: 'acknowledged',
  RESOLVED: 'resolved',
} as const;
export type AlertState = (typeof AlertState)[keyof typeof AlertState];
registerEnumType(AlertState, { name: 'AlertState' });

export const HealthStatus = { OK: 'ok', DEGRADED: 'degraded', DOWN: 'down' } as const;
export type HealthStatus = (typeof HealthStatus)[keyof typeof HealthStatus];
registerEnumType(HealthStatus, { name: 'HealthStatus' });
