#ifndef CANDOUR_PROTOCOL_GATE_CHECKS_H
#define CANDOUR_PROTOCOL_GATE_CHECKS_H

#include "protocol/bytes.h"

#include <stdbool.h>

/* What a pattern cannot say: whether what it found holds, by check digits, by how the digits stand
 * together, and by what they would be otherwise (a date, a sum, a range). The text is as the
 * pattern found it and never empty. */

bool check_chi(struct bytes text);
bool check_nhs(struct bytes text);
bool check_chi_number(struct bytes text);
bool check_nhs_number(struct bytes text);
bool check_odd_chi_number(struct bytes text);
bool check_odd_nhs_number(struct bytes text);
bool check_ni_number(struct bytes text);
bool check_upn(struct bytes text);
bool check_iban(struct bytes text);
bool check_card_digit(struct bytes text);
bool check_card(struct bytes text);
bool check_written_alike(struct bytes text);
bool check_reference(struct bytes text);
bool check_no_date(struct bytes text);
bool check_account(struct bytes text);
bool check_called_account(struct bytes text);
bool check_account_of_eight(struct bytes text);
bool check_like_date(struct bytes text);
bool check_account_alone(struct bytes text);
bool check_local_number(struct bytes text);
bool check_called_phone(struct bytes text);
bool check_spread_phone(struct bytes text);
bool check_no_phone(struct bytes text);
bool check_extension(struct bytes text);
bool check_phone(struct bytes text);
bool check_phone_of_commas(struct bytes text);
bool check_no_day(struct bytes text);
bool check_five_digits(struct bytes text);
bool check_roll_number(struct bytes text);
bool check_three_digits(struct bytes text);
bool check_four_digits_and_a_letter(struct bytes text);
bool check_no_year(struct bytes text);
bool check_filed(struct bytes text);
bool check_ten_digits(struct bytes text);

#endif
