/*
 * GATT client: errors of the server reach the program with their code and handle, and the client stays usable (GATT/CL,
 * the BI cases of reads and writes). Which code a case is about is Vol 3 Part F 3.4.1.1.
 */
#include "client_log.h"

#include <stdio.h>

/* The tester refuses `request` at handle 14 with the code of the row; a read succeeds afterwards. */
static void refuse(struct kit *k, const char *request)
{
	char error[24], logged[48];
	snprintf(error, sizeof error, "T 01 %s 14 00 %s", request, (const char *)k->row);
	snprintf(logged, sizeof logged, "done att %s handle 0014\n", (const char *)k->row);
	ATT(k, error);
	LOGGED(k, logged);
	BEGUN(k, ble_client_read(k->host, k->conn, 0x16));
	ATT(k, "I 0A 16 00", "T 0B 05");
	LOGGED(k, "value 0016+0 05\ndone ok\n");
}

static void read_refused(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_read(k->host, k->conn, 0x14));
	ATT(k, "I 0A 14 00");
	refuse(k, "0A");
}

/* The first 22 octets are given, and then the rest is refused. */
static void rest_refused(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_read(k->host, k->conn, 0x14));
	ATT(k, "I 0A 14 00", "T 0B 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15", "I 0C 14 00 16 00");
	LOGGED(k, "value 0014+0 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15\n");
	refuse(k, "0C");
}

static void write_refused(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_write(k->host, k->conn, 0x14, "\1\2", 2));
	ATT(k, "I 12 14 00 01 02");
	refuse(k, "12");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW("GATT/CL/GAR/BI-01-C", read_refused, "01"),
		ROW("GATT/CL/GAR/BI-02-C", read_refused, "02"),
		ROW("GATT/CL/GAR/BI-03-C", read_refused, "08"),
		ROW("GATT/CL/GAR/BI-04-C", read_refused, "05"),
		ROW("GATT/CL/GAR/BI-05-C", read_refused, "0C"),
		ROW("GATT/CL/GAR/BI-23-C", read_refused, "02"),
		ROW("GATT/CL/GAR/BI-24-C", read_refused, "01"),
		ROW("GATT/CL/GAR/BI-25-C", read_refused, "08"),
		ROW("GATT/CL/GAR/BI-26-C", read_refused, "05"),
		ROW("GATT/CL/GAR/BI-27-C", read_refused, "0C"),
		ROW("GATT/CL/GAR/BI-35-C", read_refused, "80"),
		ROW("GATT/CL/GAR/BI-12-C", rest_refused, "02"),
		ROW("GATT/CL/GAR/BI-13-C", rest_refused, "07"),
		ROW("GATT/CL/GAR/BI-14-C", rest_refused, "01"),
		ROW("GATT/CL/GAR/BI-15-C", rest_refused, "08"),
		ROW("GATT/CL/GAR/BI-16-C", rest_refused, "05"),
		ROW("GATT/CL/GAR/BI-17-C", rest_refused, "0C"),
		ROW("GATT/CL/GAR/BI-28-C", rest_refused, "02"),
		ROW("GATT/CL/GAR/BI-29-C", rest_refused, "07"),
		ROW("GATT/CL/GAR/BI-30-C", rest_refused, "01"),
		ROW("GATT/CL/GAR/BI-31-C", rest_refused, "08"),
		ROW("GATT/CL/GAR/BI-32-C", rest_refused, "05"),
		ROW("GATT/CL/GAR/BI-33-C", rest_refused, "0C"),
		ROW("GATT/CL/GAW/BI-02-C", write_refused, "01"),
		ROW("GATT/CL/GAW/BI-03-C", write_refused, "03"),
		ROW("GATT/CL/GAW/BI-04-C", write_refused, "08"),
		ROW("GATT/CL/GAW/BI-05-C", write_refused, "05"),
		ROW("GATT/CL/GAW/BI-06-C", write_refused, "0C"),
		ROW("GATT/CL/GAW/BI-20-C", write_refused, "01"),
		ROW("GATT/CL/GAW/BI-21-C", write_refused, "03"),
		ROW("GATT/CL/GAW/BI-22-C", write_refused, "08"),
		ROW("GATT/CL/GAW/BI-23-C", write_refused, "05"),
		ROW("GATT/CL/GAW/BI-24-C", write_refused, "0C"),
		ROW("GATT/CL/GAW/BI-33-C", write_refused, "0D"),
		ROW("GATT/CL/GAW/BI-35-C", write_refused, "0D"),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
