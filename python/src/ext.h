/*
 * What the extension's files share: glint._glint, the module of C under the Python packages glint and wireless. It is
 * built on the limited API, so that one file serves every CPython from 3.11 on. It offers the device nearly as ble.h
 * has it (microseconds, octets, connection ids); names, defaults and conversions of the public module are Python.
 *
 * Locks. A scene is a lock and the devices that live under it: one device with its host thread, or a world with all of
 * its devices. Who holds a scene never waits for the GIL; who has the GIL may wait for nothing else, and lets it go
 * first (scene_enter). Nothing that runs inside ble_process() touches Python: it writes into the device's queue.
 */
#ifndef GLINT_PYTHON_EXT_H
#define GLINT_PYTHON_EXT_H

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <ble/ble.h>
#include <ble/client.h>
#include <ble/posix.h>
#include <ble/sim.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* ---- errors.c ---- */

/* Raises the exception that suits the code, with .code and .name. Returns NULL. */
PyObject *raise_code(int err, const char *sentence);
/* HardwareInitializationError, whatever the code. Returns NULL. */
PyObject *raise_hardware(int err, const char *sentence);
/* ArgumentError; and with what is not of the right type the one that is also a TypeError: "<sentence>, not <its type>".
 * Both return NULL. */
PyObject *raise_argument(const char *format, ...);
PyObject *raise_type(const char *sentence, PyObject *value);
/* Converters of PyArg_Parse's "O&", since its "H" and "I" take any number for its low bits. */
int to_u16(PyObject *value, void *number);
int to_u32(PyObject *value, void *number);
int to_u64(PyObject *value, void *number);
int errors_add(PyObject *module);

/* ---- scene.c ---- */

struct waiter;

struct scene {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct ble_world *world; /* NULL: real time */
	struct waiter *first;    /* who waits, in order of arrival */
	unsigned busy;           /* threads that take part in the world and do not wait */
	uint64_t *members;       /* the numbers of those that take part */
	unsigned members_count, members_size;
	bool moving;             /* somebody lets time pass */
	atomic_uint wanted;      /* threads that wait for the lock */
};

enum { SCENE_INTERRUPTED = 1 }; /* of scene_wait(): a Python exception is set */

int scene_init(struct scene *scene, struct ble_world *world);
void scene_end(struct scene *scene);
/* With the GIL. *ts: NULL when it was kept, else the thread's state, which scene_leave() restores. Between the two no
 * Python object is touched. */
void scene_enter(struct scene *scene, PyThreadState **ts);
void scene_leave(struct scene *scene, PyThreadState **ts);
/* Without the GIL, from the host thread. */
void scene_lock(struct scene *scene);
void scene_unlock(struct scene *scene);
uint64_t scene_now(const struct scene *scene);
/*
 * Between enter and leave: waits, without the lock and the GIL, until is_over(ctx), asked with the lock, or until_us. In
 * a world time moves when every thread that takes part waits here. 0, BLE_ETIMEOUT, SCENE_INTERRUPTED.
 */
int scene_wait(struct scene *scene, bool (*is_over)(void *ctx), void *ctx, uint64_t until_us, PyThreadState **ts);
/* This thread takes part in the world's time from now on, or no more; it may in several worlds. With the lock. False: there
 * is no memory to note it. */
bool scene_join(struct scene *scene);
bool scene_part(struct scene *scene);
bool scene_has_me(const struct scene *scene);
/* seconds or None to an absolute time (scene NULL: they are only looked at); false with an exception. */
bool scene_until(const struct scene *scene, PyObject *seconds, uint64_t *until_us);

/* ---- forked.c ---- */

extern unsigned forks; /* grows in each child: what was made before belongs to the parent */

/* ---- world.c ---- */

extern PyTypeObject *world_type;
int world_add(PyObject *module);
struct scene *world_scene(PyObject *world);

/* ---- characteristic.c, service.c ---- */

struct device;

typedef struct {
	PyObject_HEAD
	struct ble_characteristic ble;
	struct ble_format format;
	uint8_t base[16];
	char *descriptor;
	struct device *device; /* where its service has been added; not counted, it lets go in time */
	bool utf8;             /* of a STRING, else latin-1 */
	bool was_empty;        /* add_service() only: a value of no octets stays one */
	bool judged;           /* Python says whether a write is stored */
} characteristic;

extern PyTypeObject *characteristic_type;
int characteristic_add(PyObject *module);
characteristic *characteristic_of(const struct ble_characteristic *ch);

typedef struct {
	PyObject_HEAD
	struct ble_service ble;
	uint8_t base[16];
	PyObject *characteristics; /* list */
	PyObject *includes;        /* list of services */
	const struct ble_characteristic **list;
	const struct ble_service **include_list;
	struct device *device;
} service;

extern PyTypeObject *service_type;
int service_add(PyObject *module);
/* Makes the lists that the library reads, and ties its characteristics to a device; takes them back. */
bool service_bind(service *s, struct device *device);
void service_release(service *s);

/* Octets of a Python value, by the characteristic's type. -1 with an exception. */
Py_ssize_t value_octets(const characteristic *ch, PyObject *value, uint8_t octets[512]);
PyObject *value_object(const characteristic *ch, const uint8_t *octets, Py_ssize_t len);
/* "octets", of a bytes-like argument named `what`, at most max: -1 with an exception. */
Py_ssize_t bytes_argument(PyObject *value, const char *what, uint8_t *octets, Py_ssize_t max);

/* ---- device*.c ---- */

/* An event on its way to Python. The event's pointers, but the characteristic, are to be taken from data. */
struct report {
	struct ble_event event;
	const struct ble_characteristic *characteristic;
	uint32_t token;
	bool judged;
	uint16_t len;
	uint8_t data[512];
};

/* A request that is answered when the queue has room again; one a connection. */
struct held {
	bool used;
	struct report report;
};

struct queue {
	struct report *slots;
	struct held *held; /* one a connection */
	unsigned size, limit, at, count;
	unsigned held_size, held_count;
	uint32_t reports_dropped, others_dropped;
	uint32_t writes_dropped, writes_told;
	uint32_t most; /* that were in it at a time */
};

enum { EVENT_STOPPED = BLE_EV_COUNT }; /* beside ble_event_type: nothing more comes */

struct device {
	PyObject_HEAD
	struct scene own, *scene; /* scene: own, or the world's */
	PyObject *world;
	struct ble *ble;
	void *memory;
	struct ble_transport seam;     /* what ble has: goes on to transport, once there is one */
	struct ble_platform platform;  /* likewise */
	struct ble_posix *os;
	struct ble_transport *transport;
	struct ble_node *node;
	struct ble_node_options node_options;
	struct queue queue;
	PyObject *services;
	uint8_t *written; /* 512 octets a connection: what ble_client_write() reads until BLE_EV_DONE */
	char names[2][249];
	unsigned name_at;
	uint64_t interest;   /* which events Python wants, by bits */
	unsigned generation; /* forks, when it was made */
	unsigned room;       /* counts what may have made room for a notification */
	unsigned heard[250]; /* by connection: counts answers to device_rssi() */
	int start_err;
	uint8_t connections;
	uint8_t oob[32];     /* what oob_data() waits for: r, c */
	int oob_err;
	bool oob_made;
	bool started, ready, quit, poked, threaded, stopping;
	bool secured; /* ble_security() has been called */
	int event_fd;      /* readable while the queue has something; -1: nobody asked */
	pthread_t thread;
	char *store, *uri;
};

extern PyTypeObject *device_type;
int device_add(PyObject *module);

/* device_thread.c: finds driver and node, starts; 0 or an error with its sentence. Without the GIL. */
int device_up(struct device *d, char *why, size_t size);
void device_down(struct device *d, PyThreadState **ts);
/* Something was asked of the host: it is served soon. With the lock. */
void device_poke(struct device *d);
void device_seams(struct device *d);
/* The folder of identity and bonds: taken when the device is made, and kept until it ends. */
int device_store(struct device *d, struct ble_fault *fault);

/* A verb's beginning; false: it may not be used here, with an exception. */
bool device_enter(struct device *d, PyThreadState **ts);
/* Its end: None, or an exception with the sentence for err. */
PyObject *device_leave(struct device *d, PyThreadState **ts, int err);

/* device_events.c */
int queue_init(struct queue *q, unsigned limit, unsigned connections);
void queue_end(struct queue *q);
void device_on_event(struct ble *ble, const struct ble_event *ev, void *ctx);
int device_on_check(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx);
void device_put_stopped(struct device *d);
void device_forget(struct device *d, const struct ble_service *s);
PyObject *device_poll(PyObject *self, PyObject *unused);
PyObject *device_next_event(PyObject *self, PyObject *args);
PyObject *device_accept(PyObject *self, PyObject *args);
PyObject *device_set_interest(PyObject *self, PyObject *mask);
PyObject *device_fileno(PyObject *self, PyObject *unused);
bool device_has_event(void *ctx);

/* device_services.c */
PyObject *device_add_service(PyObject *self, PyObject *service);
PyObject *device_remove_service(PyObject *self, PyObject *service);

/* device_send.c: stores a value and sends it to who has subscribed, or to `peer`; waits while queues are full. */
PyObject *device_set_value(struct device *d, characteristic *ch, const uint8_t *data, Py_ssize_t len, PyObject *timeout);
PyObject *device_notify(PyObject *self, PyObject *args);

/* device_client.c */
PyObject *address_object(const struct ble_addr *addr);
bool address_argument(int type, const char *octets, Py_ssize_t len, struct ble_addr *out);
PyObject *device_connect(PyObject *self, PyObject *args);
PyObject *device_cancel(PyObject *self, PyObject *unused);
PyObject *device_update(PyObject *self, PyObject *args);
PyObject *device_exchange_mtu(PyObject *self, PyObject *args);
PyObject *device_services(PyObject *self, PyObject *args);
PyObject *device_includes(PyObject *self, PyObject *args);
PyObject *device_characteristics(PyObject *self, PyObject *args);
PyObject *device_descriptors(PyObject *self, PyObject *args);
PyObject *device_read(PyObject *self, PyObject *args);
PyObject *device_write(PyObject *self, PyObject *args);
PyObject *device_write_command(PyObject *self, PyObject *args);
PyObject *device_write_signed(PyObject *self, PyObject *args);
PyObject *device_subscribe(PyObject *self, PyObject *args);

/* device_info.c */
PyObject *device_disconnect(PyObject *self, PyObject *args);
PyObject *device_connections(PyObject *self, PyObject *unused);
PyObject *device_connection(PyObject *self, PyObject *args);
PyObject *device_rssi(PyObject *self, PyObject *args);
PyObject *device_tx_power(PyObject *self, PyObject *unused);
PyObject *device_address(PyObject *self, PyObject *unused);
PyObject *device_stats(PyObject *self, PyObject *unused);

/* device_pairing.c */
PyObject *device_security(PyObject *self, PyObject *args);
/* Services with WRITE_SIGNED may come before security(): then it is called with its defaults. With the lock. */
int device_sign(struct device *d, const struct ble_characteristic *const *characteristics);
PyObject *device_bonded(PyObject *self, PyObject *unused);
PyObject *device_remove_bonded(PyObject *self, PyObject *args);
PyObject *device_confirm_passkey(PyObject *self, PyObject *args);
PyObject *device_enter_passkey(PyObject *self, PyObject *args);
PyObject *device_set_asked(PyObject *self, PyObject *on);
PyObject *device_secure(PyObject *self, PyObject *args);
PyObject *device_is_pairing(PyObject *self, PyObject *args);
PyObject *device_oob_data(PyObject *self, PyObject *unused);
PyObject *device_set_oob_data(PyObject *self, PyObject *args);
PyObject *device_privacy(PyObject *self, PyObject *args);

/* beacon.c, constants.c */
int beacon_add(PyObject *module);
int constants_add(PyObject *module);

#endif
