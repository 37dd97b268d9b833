import { applyDecorators } from '@nestjs/common';
import type * as Swagger from '@nestjs/swagger';

type Decorator = MethodDecorator & ClassDecorator;

const waiting: ((swagger: typeof Swagger) => void)[] = [];

/**
 * Keeps what a controller or a handler says about itself until somebody asks for the document: @nestjs/swagger and what it
 * brings is a fifth of all modules of a box, and a start should not wait for it.
 */
export const describing =
  (decoratorsOf: (swagger: typeof Swagger) => (MethodDecorator | ClassDecorator)[]): Decorator =>
  <T>(target: object, key?: string | symbol, descriptor?: TypedPropertyDescriptor<T>) => {
    waiting.push((swagger) => applyDecorators(...decoratorsOf(swagger))(target, key, descriptor));
  };

/** Swagger, once it knows everything that was said. */
export const describedInSwagger = async (): Promise<typeof Swagger> => {
  const swagger = await import('@nestjs/swagger');
  for (const describe of waiting.splice(0)) describe(swagger);
  return swagger;
};
