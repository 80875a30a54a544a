/*
 * nip.c
 *	  Type nip: the civil servant's number (nomor induk pegawai), 18 digits.
 *
 * PNS: birth date YYYYMMDD, month of appointment (TMT CPNS) YYYYMM, sex (1 male,
 * 2 female), serial 001-999; Perka BKN 22/2007 and 43/2007.  PPPK: the month's
 * place holds a code, 21 and above as far as seen.  Codes 13 to 20 have been
 * assigned to nobody known: accepted, but what they mean is answered with NULL.
 * There is no check digit.
 *
 * The value is the 18-digit number itself as int8, so that order, hash and
 * equality are the integers'.  A NIP is an attribute of a person, not a key: a
 * PPPK gets another one with another agency.
 */
#include "postgres.h"

#include "mutasi.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/sortsupport.h"

#define NIP_DIGITS 18

/* Codes in the month's place. */
#define NIP_LAST_MONTH 12
#define NIP_FIRST_PPPK_CODE 21

typedef struct NipParts
{
	int			birth_year;
	int			birth_month;
	int			birth_day;
	int			appointed_year;
	int			code;			/* month of appointment, or a PPPK code */
	int			sex;			/* 1 male, 2 female */
	int			serial;
} NipParts;

static void
nip_split(int64 nip, NipParts *parts)
{
	parts->serial = (int) (nip % 1000);
	nip /= 1000;
	parts->sex = (int) (nip % 10);
	nip /= 10;
	parts->code = (int) (nip % 100);
	nip /= 100;
	parts->appointed_year = (int) (nip % 10000);
	nip /= 10000;
	parts->birth_day = (int) (nip % 100);
	nip /= 100;
	parts->birth_month = (int) (nip % 100);
	parts->birth_year = (int) (nip / 100);
}

/*
 * What is wrong with a number of at most 18 digits, or NULL when it is a NIP.
 * Text and binary input both ask here.
 */
static const char *
nip_fault(int64 nip)
{
	NipParts	p;

	if (nip < 0 || nip > INT64CONST(999999999999999999))
		return gettext_noop("A NIP has 18 digits.");
	nip_split(nip, &p);
	if (p.birth_year < 1 || p.birth_month < 1 || p.birth_month > 12 || p.birth_day < 1 ||
		p.birth_day > day_tab[isleap(p.birth_year)][p.birth_month - 1])
		return gettext_noop("Its first eight digits are no calendar date (of birth, YYYYMMDD).");
	if (p.code == 0)
		return gettext_noop("Its digits 13 and 14 are neither a month (of appointment) nor a PPPK code.");
	if (p.appointed_year < p.birth_year ||
		(p.appointed_year == p.birth_year &&
		 (p.code > NIP_LAST_MONTH || p.code <= p.birth_month)))
		return gettext_noop("The appointment (digits 9 to 14) is not later than the birth.");
	if (p.sex != 1 && p.sex != 2)
		return gettext_noop("Its digit 15 is neither 1 (male) nor 2 (female).");
	if (p.serial == 0)
		return gettext_noop("Its serial (the last three digits) is below 001.");
	return NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Input: 18 digits, together or in the printed form with single spaces between
 * birth date, appointment, sex and serial (19860926 201505 1 001); blanks
 * around it are ignored.
 */
PG_FUNCTION_INFO_V1(nip_in);
Datum
nip_in(PG_FUNCTION_ARGS)
{
	char	   *str = PG_GETARG_CSTRING(0);
	const char *p = str;
	const char *fault = NULL;
	int64		nip = 0;
	int			digits = 0;

	while (is_blank(*p))
		p++;
	for (;; p++)
	{
		if (*p >= '0' && *p <= '9' && digits < NIP_DIGITS)
		{
			nip = nip * 10 + (*p - '0');
			digits++;
		}
		else if (*p == ' ' && p[1] >= '0' && p[1] <= '9' &&
				 (digits == 8 || digits == 14 || digits == 15))
			continue;
		else
			break;
	}
	while (is_blank(*p))
		p++;

	if (*p != '\0' || digits != NIP_DIGITS)
		fault = gettext_noop("A NIP has 18 digits; spaces may stand behind the 8th, 14th and 15th.");
	else
		fault = nip_fault(nip);
	if (fault)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "nip", str),
				 errdetail("%s", _(fault))));
	PG_RETURN_INT64(nip);
}

static char *
nip_to_cstring(int64 nip)
{
	char	   *result = palloc(NIP_DIGITS + 1);

	for (int i = NIP_DIGITS - 1; i >= 0; i--)
	{
		result[i] = '0' + (char) (nip % 10);
		nip /= 10;
	}
	result[NIP_DIGITS] = '\0';
	return result;
}

PG_FUNCTION_INFO_V1(nip_out);
Datum
nip_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(nip_to_cstring(PG_GETARG_INT64(0)));
}

PG_FUNCTION_INFO_V1(nip_recv);
Datum
nip_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int64		nip = pq_getmsgint64(buf);
	const char *fault = nip_fault(nip);

	if (fault)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s: %lld", "nip", (long long) nip),
				 errdetail("%s", _(fault))));
	PG_RETURN_INT64(nip);
}

PG_FUNCTION_INFO_V1(nip_send);
Datum
nip_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_INT64(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* nip_format(nip) -> text: the printed form, 19860926 201505 1 001. */
PG_FUNCTION_INFO_V1(nip_format);
Datum
nip_format(PG_FUNCTION_ARGS)
{
	char	   *digits = nip_to_cstring(PG_GETARG_INT64(0));

	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%.8s %.6s %.1s %.3s",
											  digits, digits + 8, digits + 14, digits + 15)));
}

/* birth_date(nip) -> date */
PG_FUNCTION_INFO_V1(nip_birth_date);
Datum
nip_birth_date(PG_FUNCTION_ARGS)
{
	NipParts	p;

	nip_split(PG_GETARG_INT64(0), &p);
	PG_RETURN_DATEADT(date2j(p.birth_year, p.birth_month, p.birth_day) - POSTGRES_EPOCH_JDATE);
}

/*
 * appointed_on(nip) -> date: first day of the month of appointment of a PNS.
 * NULL for a PPPK, whose number tells the year only, and where the number does
 * not tell which of the two it is.
 */
PG_FUNCTION_INFO_V1(nip_appointed_on);
Datum
nip_appointed_on(PG_FUNCTION_ARGS)
{
	NipParts	p;

	nip_split(PG_GETARG_INT64(0), &p);
	if (p.code > NIP_LAST_MONTH)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(date2j(p.appointed_year, p.code, 1) - POSTGRES_EPOCH_JDATE);
}

/* appointed_year(nip) -> integer: known for PNS and PPPK alike. */
PG_FUNCTION_INFO_V1(nip_appointed_year);
Datum
nip_appointed_year(PG_FUNCTION_ARGS)
{
	NipParts	p;

	nip_split(PG_GETARG_INT64(0), &p);
	PG_RETURN_INT32(p.appointed_year);
}

/* sex(nip) -> text: male or female. */
PG_FUNCTION_INFO_V1(nip_sex);
Datum
nip_sex(PG_FUNCTION_ARGS)
{
	NipParts	p;

	nip_split(PG_GETARG_INT64(0), &p);
	PG_RETURN_TEXT_P(cstring_to_text(p.sex == 1 ? "male" : "female"));
}

/* is_pppk(nip) -> boolean: NULL where the number does not tell. */
PG_FUNCTION_INFO_V1(nip_is_pppk);
Datum
nip_is_pppk(PG_FUNCTION_ARGS)
{
	NipParts	p;

	nip_split(PG_GETARG_INT64(0), &p);
	if (p.code > NIP_LAST_MONTH && p.code < NIP_FIRST_PPPK_CODE)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(p.code >= NIP_FIRST_PPPK_CODE);
}

#define NIP_COMPARISON(name, op) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(PG_GETARG_INT64(0) op PG_GETARG_INT64(1)); \
}

NIP_COMPARISON(nip_eq, ==)
NIP_COMPARISON(nip_ne, !=)
NIP_COMPARISON(nip_lt, <)
NIP_COMPARISON(nip_le, <=)
NIP_COMPARISON(nip_gt, >)
NIP_COMPARISON(nip_ge, >=)

static int
nip_compare(Datum x, Datum y, SortSupport ssup pg_attribute_unused())
{
	int64		a = DatumGetInt64(x);
	int64		b = DatumGetInt64(y);

	return (a > b) - (a < b);
}

PG_FUNCTION_INFO_V1(nip_cmp);
Datum
nip_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(nip_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), NULL));
}

PG_FUNCTION_INFO_V1(nip_sortsupport);
Datum
nip_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = nip_compare;
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(nip_hash);
Datum
nip_hash(PG_FUNCTION_ARGS)
{
	int64		nip = PG_GETARG_INT64(0);

	return hash_any((unsigned char *) &nip, sizeof(nip));
}

PG_FUNCTION_INFO_V1(nip_hash_extended);
Datum
nip_hash_extended(PG_FUNCTION_ARGS)
{
	int64		nip = PG_GETARG_INT64(0);

	return hash_any_extended((unsigned char *) &nip, sizeof(nip), PG_GETARG_INT64(1));
}
