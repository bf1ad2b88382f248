#ifndef HEADCOUNT_CHIREDIS_SHIM_H
#define HEADCOUNT_CHIREDIS_SHIM_H

/* Only hiredis's reply reader is used; SwiftNIO does the I/O. What differs between 0.14 (Debian 12) and 1.x is here. */

#include <stddef.h>
#include <hiredis/hiredis.h>

/* How replies are built: one call a value, in the order in which they stand on the wire; an array is announced before
 * its elements. A call that returns 0 refuses the value and ends the reading. */
typedef struct headcount_reply_builder {
    int (*on_string)(void *context, int type, const char *bytes, size_t length);
    int (*on_array)(void *context, size_t count);
    int (*on_integer)(void *context, long long value);
    int (*on_nil)(void *context);
    void *context;
} headcount_reply_builder;

/* hiredis wants an object for each value and only checks that it is not NULL: any address does. */
static inline void *headcount_result(int kept) { return kept ? (void *)"kept" : NULL; }

static inline headcount_reply_builder *headcount_builder(const redisReadTask *task) {
    return (headcount_reply_builder *)task->privdata;
}

static void *headcount_create_string(const redisReadTask *task, char *bytes, size_t length) {
    headcount_reply_builder *builder = headcount_builder(task);
    return headcount_result(builder->on_string(builder->context, task->type, bytes, length));
}

#if HIREDIS_MAJOR >= 1
static void *headcount_create_array(const redisReadTask *task, size_t count) {
#else
static void *headcount_create_array(const redisReadTask *task, int count) {
#endif
    headcount_reply_builder *builder = headcount_builder(task);
    return headcount_result(builder->on_array(builder->context, (size_t)count));
}

static void *headcount_create_integer(const redisReadTask *task, long long value) {
    headcount_reply_builder *builder = headcount_builder(task);
    return headcount_result(builder->on_integer(builder->context, value));
}

static void *headcount_create_nil(const redisReadTask *task) {
    headcount_reply_builder *builder = headcount_builder(task);
    return headcount_result(builder->on_nil(builder->context));
}

static void headcount_free_object(void *object) { (void)object; }

#if HIREDIS_MAJOR >= 1
/* RESP3's own kinds, which Redis never sends to a client that did not ask by HELLO 3: numbers and booleans are refused;
 * maps, sets and pushes would come as arrays. */
static void *headcount_create_double(const redisReadTask *task, double value, char *text, size_t length) {
    (void)task, (void)value, (void)text, (void)length;
    return NULL;
}

static void *headcount_create_bool(const redisReadTask *task, int value) {
    (void)task, (void)value;
    return NULL;
}
#endif

static redisReplyObjectFunctions headcount_functions = {
    .createString = headcount_create_string,
    .createArray = headcount_create_array,
    .createInteger = headcount_create_integer,
#if HIREDIS_MAJOR >= 1
    .createDouble = headcount_create_double,
    .createBool = headcount_create_bool,
#endif
    .createNil = headcount_create_nil,
    .freeObject = headcount_free_object,
};

/* `builder` is kept by the reader until `redisReaderFree`. NULL when out of memory. */
static inline redisReader *headcount_reader_create(headcount_reply_builder *builder) {
    redisReader *reader = redisReaderCreateWithFunctions(&headcount_functions);
    if (reader != NULL) reader->privdata = builder;
    return reader;
}

#endif
